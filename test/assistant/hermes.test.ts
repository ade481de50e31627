import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  HERMES_COMMANDS,
  hermesMessages,
  intentNotRecognized,
  readHermesCommand,
  topicLevel,
} from '../../agent/assistant/hermes.ts';
import { finalEvent, intentEvent, wakeEvent } from './sink-tools.ts';

const SESSION = { siteId: 'kitchen', sessionId: 'session-1', wakewordId: 'jarvis', language: 'en' };

function only(event: Parameters<typeof hermesMessages>[0]) {
  const [message, ...rest] = hermesMessages(event, SESSION);
  assert.equal(rest.length, 0);
  return { topic: message?.topic, payload: JSON.parse(message?.payload ?? '') };
}

test('captured text has the fields of Rhasspy, with times and places of its words', () => {
  assert.deepEqual(only(finalEvent('turn left')), {
    topic: 'hermes/asr/textCaptured',
    payload: {
      text: 'turn left',
      likelihood: 0.9,
      seconds: 0.04,
      siteId: 'kitchen',
      sessionId: 'session-1',
      wakewordId: 'jarvis',
      asrTokens: [
        [
          { value: 'turn', confidence: 0.9, rangeStart: 0, rangeEnd: 4, time: { start: 0, end: 0.2 } },
          { value: 'left', confidence: 0.9, rangeStart: 5, rangeEnd: 9, time: { start: 0.25, end: 0.45 } },
        ],
      ],
      lang: 'en',
    },
  });
});

test('an intent has its name in the topic and its slots with their places in the text', () => {
  const { topic, payload } = only(intentEvent('TurnOn', 'turn on the living room light'));
  assert.equal(topic, 'hermes/intent/TurnOn');
  assert.deepEqual(payload.intent, { intentName: 'TurnOn', confidenceScore: 0.9 });
  assert.deepEqual(payload.slots, [
    {
      entity: 'area',
      slotName: 'area',
      value: { kind: 'Unknown', value: 'living_room' },
      rawValue: 'living room',
      confidence: 0.9,
      range: { start: 12, end: 23, rawStart: 12, rawEnd: 23 },
    },
  ]);
});

test('a wake phrase is a hotword, and no name can leave its topic', () => {
  assert.equal(only(wakeEvent('hey jarvis')).topic, 'hermes/hotword/hey jarvis/detected');
  assert.equal(only(wakeEvent('a/b+c#d\0')).topic, 'hermes/hotword/a_b_c_d_/detected');
  assert.equal(only(intentEvent('', 'x')).topic, 'hermes/intent/_');
});

test('a level of a topic has what brokers take, and whole characters of a long name', () => {
  assert.equal(topicLevel('a\u0001b\u007fc\u0085d\uffffe\u{1fffe}f\ufdd0g\ud800'), 'a_b_c_d_e_f_g_');
  assert.equal(topicLevel('Küche 灯 💡'), 'Küche 灯 💡');
  assert.equal(topicLevel(`a${'💡'.repeat(70)}`), `a${'💡'.repeat(49)}`);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (name) => {
      const level = topicLevel(name);
      assert.ok(Buffer.byteLength(level) <= 200 && level !== '');
      assert.equal(Buffer.from(level).toString(), level);
    }),
  );
});

test('no command has the fields of Rhasspy', () => {
  const { topic, payload } = intentNotRecognized(SESSION);
  assert.equal(topic, 'hermes/nlu/intentNotRecognized');
  assert.deepEqual(JSON.parse(payload), {
    ...{ input: '', siteId: 'kitchen', id: null, customData: null, sessionId: 'session-1' },
  });
});

test('commands are read with the defaults of Rhasspy', () => {
  const read = (topic: string, payload: string) => readHermesCommand({ topic, payload }, 'default');
  assert.deepEqual(read('hermes/asr/startListening', '{"sessionId":"a","unknown":1}'), {
    topic: 'hermes/asr/startListening',
    siteId: 'default',
    sessionId: 'a',
    stopOnSilence: true,
    unknown: 1,
  });
  assert.equal(read('hermes/asr/startListening', '{"siteId":"kitchen"}'), null);
  assert.equal(read('hermes/asr/somethingElse', '{}'), null);
  assert.equal(read('hermes/asr/stopListening', 'not json'), null);
});

test('a reason that is too long is cut, the same way when it is taken back', () => {
  const payload = JSON.stringify({ reason: 'x'.repeat(60_000) });
  for (const topic of ['hermes/asr/toggleOff', 'hermes/hotword/toggleOn']) {
    const command = readHermesCommand({ topic, payload }, 'default');
    assert.deepEqual(command, { topic, siteId: 'default', reason: 'x'.repeat(200) });
  }
});

test('whatever comes on a topic, it is a command or nothing', () => {
  const payload = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(fc.constantFrom(...HERMES_COMMANDS), payload, (topic, text) => {
      const command = readHermesCommand({ topic, payload: text }, 'default');
      assert.ok(command === null || command.topic === topic);
    }),
  );
});
