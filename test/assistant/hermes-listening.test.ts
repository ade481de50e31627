import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHermesCommand } from '../../agent/assistant/hermes.ts';
import { HermesListening } from '../../agent/assistant/hermes-listening.ts';
import { SILENT_LOGGER } from '../../agent/logger.ts';
import { type Deferred, deferred } from '../support/deferred.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeSinkTools, finalEvent, intentEvent, nothingEvent, wakeEvent } from './sink-tools.ts';

/** A recogniser on the bus; flushes end when a test lets them. */
function setUp(listen: 'always' | 'asked') {
  const said: [topic: string, text: string, sessionId: string | null][] = [];
  const flushes: Deferred<void>[] = [];
  const clock = new FakeClock();
  const tools = new FakeSinkTools(clock);
  const listening = new HermesListening({
    ...{ siteId: 'default', listen, language: () => 'en', clock, log: tools.log },
    flush: () => {
      const flush = deferred<void>();
      flushes.push(flush);
      return flush.promise;
    },
    publish: (messages) => {
      for (const { topic, payload } of messages) {
        const { text, input, sessionId } = JSON.parse(payload);
        said.push([topic.replace('hermes/', ''), text ?? input ?? '', sessionId]);
      }
    },
  });
  const command = (topic: string, payload: object = {}) => {
    const read = readHermesCommand({ topic: `hermes/${topic}`, payload: JSON.stringify(payload) }, 'default');
    assert.ok(read);
    return listening.carryOut(read);
  };
  const endFlush = async () => {
    flushes.shift()?.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const logged = () => tools.lines.map(({ message }) => message);
  return { listening, said, command, endFlush, clock, logged };
}

test('always listening: every final and its intent are said, without a session', () => {
  const { listening, said } = setUp('always');
  listening.accept(finalEvent('turn on'));
  listening.accept(intentEvent('TurnOn', 'turn on'));
  assert.deepEqual(said, [
    ['asr/textCaptured', 'turn on', null],
    ['intent/TurnOn', 'turn on', null],
  ]);
});

test('the language is that of the model that is heard with, also after an exchange', () => {
  const languages: string[] = [];
  let language = 'en';
  const listening = new HermesListening({
    ...{ siteId: 'default', listen: 'always', language: () => language, flush: async () => {} },
    ...{ clock: new FakeClock(), log: SILENT_LOGGER },
    publish: (messages) => languages.push(...messages.map(({ payload }) => JSON.parse(payload).lang)),
  });
  listening.accept(finalEvent('turn on'));
  language = 'fr';
  listening.accept(finalEvent('allume'));
  assert.deepEqual(languages, ['en', 'fr']);
});

test('asked: only what is said after startListening is said, once, in its session', async () => {
  const { listening, said, command, endFlush } = setUp('asked');
  listening.accept(finalEvent('nobody asked'));
  listening.accept(intentEvent('Nobody', 'nobody asked'));
  void command('asr/startListening', { sessionId: 'a' });
  listening.accept(finalEvent('said before'));
  await endFlush();
  listening.accept(finalEvent('turn on'));
  listening.accept(intentEvent('TurnOn', 'turn on'));
  listening.accept(finalEvent('said after'));
  assert.deepEqual(said, [
    ['asr/textCaptured', 'turn on', 'a'],
    ['intent/TurnOn', 'turn on', 'a'],
  ]);
});

test('stopListening brings what was said until then, or an empty text', async () => {
  const { listening, said, command, endFlush } = setUp('asked');
  for (const [sessionId, text] of [
    ['a', 'turn'],
    ['b', ''],
  ] as const) {
    void command('asr/startListening', { sessionId, stopOnSilence: false });
    await endFlush();
    void command('asr/stopListening', { sessionId: 'another' });
    void command('asr/stopListening', { sessionId });
    if (text !== '') listening.accept(finalEvent(text));
    await endFlush();
  }
  assert.deepEqual(said, [
    ['asr/textCaptured', 'turn', 'a'],
    ['asr/textCaptured', '', 'b'],
  ]);
});

test('without stopOnSilence several finals are one text', async () => {
  const { listening, said, command, endFlush } = setUp('asked');
  void command('asr/startListening', { stopOnSilence: false });
  await endFlush();
  listening.accept(finalEvent('turn'));
  listening.accept(finalEvent('left'));
  void command('asr/stopListening');
  await endFlush();
  assert.deepEqual(said, [['asr/textCaptured', 'turn left', null]]);
});

test('who has asked is told when nothing was understood, and when it was no command', async () => {
  for (const listen of ['asked', 'always'] as const) {
    const { listening, said, command, endFlush } = setUp(listen);
    listening.accept(nothingEvent('unlikely'));
    void command('asr/startListening', { sessionId: 'a' });
    listening.accept(nothingEvent('unlikely'));
    await endFlush();
    listening.accept(nothingEvent('unlikely'));
    listening.accept(nothingEvent('unlikely'));
    void command('asr/startListening', { sessionId: 'b' });
    await endFlush();
    listening.accept(nothingEvent());
    assert.deepEqual(said, [
      ['asr/textCaptured', '', 'a'],
      ['nlu/intentNotRecognized', '', 'a'],
      ['asr/textCaptured', '', 'b'],
    ]);
  }
});

test('without stopOnSilence the answer comes with stopListening: no command is one only when there was no other', async () => {
  const { listening, said, command, endFlush } = setUp('asked');
  for (const sessionId of ['a', 'b']) {
    void command('asr/startListening', { sessionId, stopOnSilence: false });
    await endFlush();
    listening.accept(nothingEvent('incomplete'));
    if (sessionId === 'a') listening.accept(finalEvent('turn left'));
    listening.accept(nothingEvent());
    void command('asr/stopListening', { sessionId });
    await endFlush();
  }
  assert.deepEqual(said, [
    ['asr/textCaptured', 'turn left', 'a'],
    ['asr/textCaptured', '', 'b'],
    ['nlu/intentNotRecognized', '', 'b'],
  ]);
});

test('stopListening answers once, also when its flush ends what was no command', async () => {
  const { listening, said, command, endFlush } = setUp('asked');
  void command('asr/startListening');
  await endFlush();
  void command('asr/stopListening');
  listening.accept(nothingEvent('incomplete'));
  await endFlush();
  assert.deepEqual(
    said.map(([topic]) => topic),
    ['asr/textCaptured', 'nlu/intentNotRecognized'],
  );
});

test('a new startListening takes the place of the one before', async () => {
  const { listening, said, command, endFlush } = setUp('asked');
  for (const sessionId of ['a', 'b']) void command('asr/startListening', { sessionId });
  await endFlush();
  await endFlush();
  listening.accept(finalEvent('turn'));
  assert.deepEqual(said, [['asr/textCaptured', 'turn', 'b']]);
});

test('a dialogue manager that never stops has what was said after five minutes, then all goes on as without it', async () => {
  const { listening, said, command, endFlush, clock, logged } = setUp('always');
  void command('asr/startListening', { sessionId: 'a', stopOnSilence: false });
  await endFlush();
  listening.accept(finalEvent('turn'));
  listening.accept(finalEvent('left'));
  clock.advance(5 * 60_000 - 1);
  assert.deepEqual(said, []);
  clock.advance(1);
  listening.accept(finalEvent('later'));
  assert.deepEqual(said, [
    ['asr/textCaptured', 'turn left', 'a'],
    ['asr/textCaptured', 'later', null],
  ]);
  assert.deepEqual(logged(), ['hermes stopListening has not come, captured without it']);
  assert.equal(clock.pendingTimers, 0);
});

test('a request of a dialogue manager that never stops ends with its 64th final', async () => {
  const { listening, said, command, endFlush, clock, logged } = setUp('asked');
  void command('asr/startListening', { sessionId: 'a', stopOnSilence: false });
  await endFlush();
  for (let i = 0; i < 100; i++) listening.accept(finalEvent(`${i}`));
  const first = Array.from({ length: 64 }, (_, i) => `${i}`);
  assert.deepEqual(said, [['asr/textCaptured', first.join(' '), 'a']]);
  assert.equal(logged().length, 1);
  assert.equal(clock.pendingTimers, 0);
});

test('only who has asked for all until stopListening is not waited for, and only until that comes', async () => {
  const { said, command, endFlush, clock, logged } = setUp('asked');
  void command('asr/startListening', { sessionId: 'a', stopOnSilence: false });
  void command('asr/startListening', { sessionId: 'b', stopOnSilence: false });
  assert.equal(clock.pendingTimers, 1);
  await endFlush();
  void command('asr/stopListening');
  await endFlush();
  await endFlush();
  void command('asr/startListening', { sessionId: 'c' });
  clock.advance(60 * 60_000);
  assert.deepEqual(said, [['asr/textCaptured', '', 'b']]);
  assert.deepEqual(logged(), []);
});

test('recognition and hotword are off while there is a reason', async () => {
  const { listening, said, command } = setUp('always');
  await command('asr/toggleOff', { reason: 'ttsSay' });
  await command('asr/toggleOff', { reason: 'playAudio' });
  await command('hotword/toggleOff', { reason: 'dialogueSession' });
  await command('asr/toggleOn', { reason: 'ttsSay' });
  listening.accept(finalEvent('off'));
  listening.accept(wakeEvent('off'));
  await command('asr/toggleOn', { reason: '' });
  await command('hotword/toggleOn', { reason: 'dialogueSession' });
  listening.accept(finalEvent('on'));
  listening.accept(wakeEvent('jarvis'));
  assert.deepEqual(said, [
    ['asr/textCaptured', 'on', null],
    ['hotword/jarvis/detected', '', null],
  ]);
});

test('that something is switched off and on is logged, not every reason for it', async () => {
  const { command, logged } = setUp('always');
  for (const topic of ['asr', 'hotword']) {
    for (const toggle of ['toggleOff', 'toggleOn']) {
      for (const reason of ['ttsSay', 'playAudio', 'ttsSay']) await command(`${topic}/${toggle}`, { reason });
    }
  }
  assert.deepEqual(logged(), [
    'hermes switches capturing off',
    'hermes switches capturing on',
    'hermes switches wake phrases off',
    'hermes switches wake phrases on',
  ]);
});
