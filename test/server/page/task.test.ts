import assert from 'node:assert/strict';
import { test } from 'node:test';
import { microphoneText, taskOf } from '../../../agent/server/page/task.js';

test('several wake phrases have commas between them; without one it is dictation', () => {
  const words = (phrase: string) => ({ grammar: '', phrase });
  assert.deepEqual(taskOf('wake', words('hey jarvis, computer ,')), {
    type: 'wake',
    phrases: [{ text: 'hey jarvis' }, { text: 'computer' }],
    listenFor: { type: 'dictation' },
  });
  assert.deepEqual(taskOf('wake', words(' ')), { type: 'dictation' });
});

test('the page says in words what the daemon’s own microphone listens for', () => {
  const commands = { type: 'commands', grammars: ['lights', 'music'] } as const;
  const phrases = ['computer', 'hey jarvis'];
  assert.equal(microphoneText({ type: 'dictation' }), 'Listens to whatever is said');
  assert.equal(microphoneText(commands), 'Listens for the commands of lights, music');
  assert.equal(
    microphoneText({ type: 'wake', phrases, listenFor: commands }),
    'Waits for “computer” or “hey jarvis”, then listens for the commands of lights, music',
  );
  assert.equal(
    microphoneText({ type: 'wake', phrases: ['computer'], listenFor: { type: 'dictation' } }),
    'Waits for “computer”, then listens for whatever is said',
  );
  assert.equal(
    microphoneText({ type: 'wake', phrases: ['computer'], listenFor: null }),
    'Tells when it hears “computer”',
  );
});
