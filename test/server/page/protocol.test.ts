import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERROR_CATALOGUE } from '../../../agent/errors.ts';
import { describeFault, isOfDaemon, isPassing, microphoneFault } from '../../../agent/server/page/fault.js';
import {
  configureMessage,
  isTranscriptEvent,
  parseMessage,
  STOP_MESSAGE,
  startMessage,
} from '../../../agent/server/page/protocol.js';
import { EXAMPLE_GRAMMAR, taskOf } from '../../../agent/server/page/task.js';
import { NATIVE_STREAM } from '../../../agent/server/protocols/native.ts';

test('the daemon understands what the page sends', () => {
  const codec = NATIVE_STREAM.createCodec(new URLSearchParams());
  assert.deepEqual(codec.decode(startMessage(48000, { task: { type: 'dictation' }, readable: true })), [
    {
      type: 'start',
      format: { encoding: 's16le', sampleRate: 48000, channels: 1 },
      options: { partialWords: true, readable: true },
    },
  ]);
  assert.deepEqual(codec.decode(STOP_MESSAGE), [{ type: 'stop' }]);
  const wishes = { task: taskOf('commands', { grammar: EXAMPLE_GRAMMAR, phrase: '' }), readable: false };
  assert.deepEqual(codec.decode(configureMessage(wishes)), [{ type: 'configure', options: wishes }]);
  const waking = { task: taskOf('wake', { grammar: '', phrase: 'hey earshot, computer' }), readable: true };
  assert.deepEqual(codec.decode(configureMessage(waking)), [{ type: 'configure', options: waking }]);
});

test('the page understands what the daemon sends', () => {
  const codec = NATIVE_STREAM.createCodec(new URLSearchParams());
  const event = { type: 'partial', segment: 0, text: 'yes', stable: '', start: 0, end: 1 } as const;
  const [frame] = codec.encode({ type: 'transcript', event, latencyMs: 40 });
  const message = parseMessage(String(frame));
  assert.deepEqual(message, { ...event, latencyMs: 40 });
  assert.ok(message && isTranscriptEvent(message));
});

test('what is not JSON or has an unknown type is skipped', () => {
  for (const text of ['', 'nonsense', '7', 'null', '[]', '{"type":"from-the-future"}']) {
    assert.equal(parseMessage(text), undefined);
  }
});

test('every error of the catalogue can be shown', () => {
  for (const code of Object.keys(ERROR_CATALOGUE)) {
    const { title, text } = describeFault(code, 'what the daemon said');
    assert.ok(title.length > 0 && text.length > 0);
    assert.ok(isOfDaemon(code));
  }
  assert.equal(describeFault('INTERNAL', 'the reason').text, 'the reason');
});

test('faults of the microphone are told apart', () => {
  const named = (name: string) => microphoneFault(new DOMException('', name));
  assert.equal(named('NotAllowedError'), 'microphone-denied');
  assert.equal(named('NotFoundError'), 'microphone-missing');
  assert.equal(named('OverconstrainedError'), 'microphone-missing');
  assert.equal(named('NotReadableError'), 'microphone-busy');
  assert.equal(microphoneFault('odd'), 'microphone-busy');
});

test('only what mends itself is passed over in silence', () => {
  assert.ok(isPassing('SERVER_GONE'));
  assert.ok(!isPassing('UNAUTHORIZED'));
  assert.ok(!isPassing('microphone-denied'));
});
