import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import type { Codec, ServerEvent } from '../../../agent/server/protocols/protocol.ts';
import { voskProtocol } from '../../../agent/server/protocols/vosk.ts';
import type { Final, Partial } from '../../../agent/transcript/transcript-event.ts';
import { codecFuzz } from '../../contract/codec-fuzz.ts';
import { protocolContract } from '../../contract/protocol-contract.ts';
import { EventQueue } from '../../support/event-queue.ts';
import { FakeEngine } from '../../support/fake-engine.ts';
import { countedSamples, RecordingEngine } from '../../support/recording-engine.ts';
import { pcm } from '../../support/test-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const VOSK = voskProtocol({ sampleRate: 8000 });
const CONFIG_16K = '{ "config" : { "sample_rate" : 16000 } }';
const EOF = '{"eof" : 1}';
const RESET = '{"reset" : 1}';

const codec = () => VOSK.createCodec(new URLSearchParams(), { name: 'm', version: '1', language: 'en' });

protocolContract({
  protocol: VOSK,
  opening: [CONFIG_16K],
  stop: EOF,
  badText: 'hello',
  finalText: (frame) => JSON.parse(frame).text ?? null,
});

codecFuzz('vosk', codec, [
  CONFIG_16K,
  EOF,
  RESET,
  '{"config": {"phrase_list": ["zero one", "[unk]"], "words": 1, "max_alternatives": 3, "sample_rate": 8000}}',
]);

/** As `websocket/test_words.py` of vosk-server writes it. */
const CONFIG_OF_SAMPLE = `{"config" : 
                    { "phrase_list" : ["zero one two three four five", "six seven eight nine oh"],
                      "sample_rate" : 16000,
                      "words" : 0}}`;

function taskAfter(...texts: readonly string[]) {
  const one = codec();
  for (const text of texts) one.decode(text);
  const [start] = one.decode(new Uint8Array(2));
  return start?.type === 'start' ? start.options.task : null;
}

test('a list of phrases confines the stream to them, also to none but the unknown', () => {
  const phrases = ['zero one two three four five', 'six seven eight nine oh'];
  assert.deepEqual(taskAfter(CONFIG_OF_SAMPLE), { type: 'phrases', phrases, unknown: null });
  for (const [list, left] of [
    ['["zero one", "[unk]"]', ['zero one']],
    ['["zero one [unk]"]', ['zero one']],
    ['["[unk]"]', []],
  ] as const) {
    const task = taskAfter(`{"config": {"phrase_list": ${list}}}`);
    assert.deepEqual(task, { type: 'phrases', phrases: left, unknown: '[unk]' });
  }
  assert.equal(taskAfter(CONFIG_OF_SAMPLE, '{"config": {"phrase_list": []}}'), undefined);
  assert.deepEqual(taskAfter(CONFIG_OF_SAMPLE, CONFIG_16K), { type: 'phrases', phrases, unknown: null });
});

test('what is unknown in one place has one mark, with all of its time; so has speech that was refused', () => {
  const one = codec();
  one.decode('{"config": {"phrase_list": ["what", "[unk]"], "sample_rate": 16000}}');
  const unknown = (start: number, confidence: number) => {
    return { text: '[unk]', start, end: start + 0.5, confidence };
  };
  const words = [unknown(0, 0.5), unknown(0.5, 0.25), WORDS[0]!, unknown(2, 0.75)];
  const text = '[unk] [unk] what [unk]';
  const refused: Final = { ...FINAL, text: '', words: [], start: 0.5, end: 2, refusal: 'unlikely' };
  const [partial, answer, rest] = say(
    one,
    { ...PARTIAL, text },
    TAKEN,
    { ...FINAL, text, words },
    TAKEN,
    refused,
    DONE,
  ).map((frame) => JSON.parse(String(frame)));
  assert.deepEqual(partial, { partial: '[unk] what [unk]' });
  assert.equal(answer.text, '[unk] what [unk]');
  assert.deepEqual(answer.result[0], { conf: 0.25, end: 1, start: 0, word: '[unk]' });
  assert.deepEqual(rest, { result: [{ conf: 0, end: 2, start: 0.5, word: '[unk]' }], text: '[unk]' });
});

test('other readings have one mark for the unknown too, and none reads as another does', () => {
  const one = codec();
  one.decode('{"config": {"phrase_list": ["what", "[unk]"], "max_alternatives": 5}}');
  const reading = (...texts: string[]) => ({
    words: texts.map((text, i) => ({ text, start: i, end: i + 1, confidence: 0.5 })),
    text: texts.join(' '),
    confidence: 0.5,
  });
  const alternatives = [
    ['[unk]', 'what'],
    ['what', '[unk]', '[unk]'],
    ['what', '[unk]'],
  ].map((texts) => reading(...texts));
  const [answer] = say(one, { ...FINAL, ...reading('[unk]', '[unk]', 'what'), alternatives }, TAKEN);
  assert.deepEqual(
    JSON.parse(String(answer)).alternatives.map(({ text }: { text: string }) => text),
    ['[unk] what', 'what [unk]'],
  );
});

test('a phrase list that does not know the unknown gives an empty text to speech that was refused', () => {
  const one = codec();
  one.decode(CONFIG_OF_SAMPLE);
  one.decode(new Uint8Array(2));
  const refused: Final = { ...FINAL, text: '', words: [], refusal: 'unlikely' };
  assert.deepEqual(say(one, refused, TAKEN, DONE), ['{\n  "partial" : ""\n}', '{"text": ""}']);
});

const WORDS = [
  { text: 'what', start: 0.87, end: 1.11, confidence: 1 },
  { text: 'zero', start: 1.11, end: 1.53, confidence: 0.5 },
];
const FINAL: Final = {
  ...{ type: 'final', segment: 0, text: 'what zero', words: WORDS, confidence: 0.75 },
  ...{ start: 0.87, end: 1.53, reason: 'endpoint' },
};
const PARTIAL: Partial = {
  ...{ type: 'partial', segment: 0, text: 'what "zero', stable: 'what' },
  ...{ start: 0.87, end: 1.53 },
};
const TAKEN: ServerEvent = { type: 'audio-taken', heardSeconds: 0 };
const DONE: ServerEvent = { type: 'done', audioSeconds: 0 };

function say(one: Codec, ...events: readonly (ServerEvent | Final | Partial)[]): unknown[] {
  const isTranscript = (event: ServerEvent | Final | Partial) =>
    event.type === 'final' || event.type === 'partial';
  return events.flatMap((event) =>
    one.encode(isTranscript(event) ? { type: 'transcript', event: event as Final } : (event as ServerEvent)),
  );
}

test('answers have the bytes of Vosk', () => {
  assert.deepEqual(say(codec(), TAKEN), ['{\n  "partial" : ""\n}']);
  assert.deepEqual(say(codec(), PARTIAL, TAKEN), ['{\n  "partial" : "what \\"zero"\n}']);
  assert.deepEqual(say(codec(), DONE), ['{"text": ""}']);
  assert.deepEqual(say(codec(), PARTIAL, FINAL, TAKEN, DONE), [
    `{
  "result" : [{
      "conf" : 1.000000,
      "end" : 1.110000,
      "start" : 0.870000,
      "word" : "what"
    }, {
      "conf" : 0.500000,
      "end" : 1.530000,
      "start" : 1.110000,
      "word" : "zero"
    }],
  "text" : "what zero"
}`,
    '{"text": ""}',
  ]);
});

test('without words the result is the text alone', () => {
  const one = codec();
  one.decode('{"config": {"words": 0}}');
  assert.deepEqual(say(one, FINAL, TAKEN), ['{\n  "text" : "what zero"\n}']);
});

test('alternatives have the bytes of Vosk', () => {
  const one = codec();
  one.decode('{"config": {"max_alternatives": 2, "sample_rate": 16000}}');
  const [start] = one.decode(new Uint8Array(2));
  assert.deepEqual(start?.type === 'start' && start.options.alternatives, 1);
  const words = [{ text: 'watt', start: 0.9, end: 1.5, confidence: 0.25 }];
  const alternatives = [{ text: 'watt', words, confidence: 0.25 }];
  assert.deepEqual(say(one, { ...FINAL, words: WORDS.slice(0, 1), alternatives }, TAKEN, DONE), [
    `{
  "alternatives" : [{
      "confidence" : 0.750000,
      "result" : [{
          "end" : 1.110000,
          "start" : 0.870000,
          "word" : "what"
        }],
      "text" : "what zero"
    }, {
      "confidence" : 0.250000,
      "result" : [{
          "end" : 1.500000,
          "start" : 0.900000,
          "word" : "watt"
        }],
      "text" : "watt"
    }]
}`,
    '{"alternatives" : [{"text": "", "confidence" : 1.0}] }',
  ]);
});

test('finals that are joined have alternatives too: another reading of one of them, those by rank', () => {
  const one = codec();
  one.decode('{"config": {"max_alternatives": 4}}');
  const reading = (text: string, confidence: number) => {
    return { text, words: [{ text, start: 0, end: 1, confidence }], confidence };
  };
  const final = (...[best, ...alternatives]: ReturnType<typeof reading>[]) => {
    return { ...FINAL, ...best, alternatives };
  };
  const [last] = say(
    one,
    final(reading('a', 0.5), reading('b', 0.4), reading('c', 0.3)),
    final(reading('x', 0.75), reading('y', 0.2), reading('z', 0.1)),
    DONE,
  );
  const { alternatives } = JSON.parse(String(last)) as { alternatives: Record<string, unknown>[] };
  assert.deepEqual(
    alternatives.map(({ text, confidence }) => [text, confidence]),
    [
      ['a x', 0.5],
      ['b x', 0.4],
      ['a y', 0.2],
      ['c x', 0.3],
    ],
  );
  assert.deepEqual(
    alternatives.map(({ result }) => (result as { word: string }[]).map(({ word }) => word).join(' ')),
    alternatives.map(({ text }) => text),
  );
});

test('a config is read as vosk-server reads it: numbers in any form, null is nothing, other keys are passed over', () => {
  const one = codec();
  const config = `{"config": {"sample_rate": "16000", "max_alternatives": "2", "words": 1, "model": null,
    "phrase_list": null, "other": []}, "client": "x"}`;
  assert.deepEqual(one.decode(config), [{ type: 'keep-alive' }]);
  assert.deepEqual(one.decode('{"config": {"sample_rate": null, "max_alternatives": 3.7, "words": null}}'), [
    { type: 'keep-alive' },
  ]);
  const [start] = one.decode(new Uint8Array(2));
  assert.ok(start?.type === 'start');
  assert.deepEqual(
    [start.format.sampleRate, start.options.alternatives, start.options.task],
    [16000, 2, undefined],
  );
  assert.deepEqual(codec().decode('{"eof": 1, "other": 2}'), [{ type: 'stop' }]);
});

test('what no config can mean is an error that names it', () => {
  for (const [text, expected] of [
    ['{"config": {"max_alternatives": "-1"}}', /^config\.max_alternatives: /],
    ['{"config": {"max_alternatives": []}}', /^config\.max_alternatives: /],
    ['{"config": {"words": {}}}', /^config\.words: /],
    ['{"config": "16000"}', /^config: /],
    ['{"other": 1}', /^message: expected \{"config"/],
    ['{"eof": 2}', /^eof: /],
  ] as const) {
    assert.throws(() => codec().decode(text), { code: 'MESSAGE_INVALID', message: expected }, text);
  }
});

const BAD_RATES = ['0', '-1', '"abc"', '"16000 Hz"', '1e400', '"1e999"', 'true', '[]'];
const withRate = (rate: string) => `{"config": {"words": 1, "sample_rate": ${rate}}}`;

test('a rate that no audio has is the end, for any other would give wrong words; once there is audio it is not', () => {
  const message = /^config\.sample_rate: /;
  for (const rate of BAD_RATES) {
    const one = codec();
    assert.throws(() => one.decode(withRate(rate)), { code: 'AUDIO_FORMAT_UNSUPPORTED', message }, rate);
    one.decode(new Uint8Array(2));
    assert.throws(() => one.decode(withRate(rate)), { code: 'MESSAGE_INVALID', message }, rate);
  }
});

test('a good rate counts though something beside it is wrong', () => {
  for (const fault of ['"model": "/m"', '"phrase_list": "zero one"', '"max_alternatives": -1']) {
    const one = codec();
    assert.throws(() => one.decode(`{"config": {"sample_rate": 16000, ${fault}}}`), {
      code: 'MESSAGE_INVALID',
    });
    const [start] = one.decode(new Uint8Array(2));
    assert.equal(start?.type === 'start' && start.format.sampleRate, 16000, fault);
  }
});

test('a rate that the client states is honoured, else that of the configuration; later ones change nothing', () => {
  const rate = (...texts: string[]) => {
    const one = codec();
    for (const text of texts) one.decode(text);
    const [start] = one.decode(new Uint8Array(2));
    return start?.type === 'start' ? start.format.sampleRate : null;
  };
  assert.equal(rate(), 8000);
  assert.equal(rate(CONFIG_16K), 16000);
  assert.equal(rate('{ "config" : { "sample_rate" : 16000.000000 } }'), 16000);
  const one = codec();
  one.decode(new Uint8Array(2));
  assert.deepEqual(one.decode(CONFIG_16K), [{ type: 'keep-alive' }]);
  assert.deepEqual(one.decode(new Uint8Array(2)), [{ type: 'audio', bytes: new Uint8Array(2) }]);
});

test('finals that no audio message waits for are joined in the last answer', () => {
  const [last] = say(codec(), FINAL, { ...FINAL, text: 'one' }, DONE);
  assert.equal(JSON.parse(String(last)).text, 'what zero one');
  assert.equal(JSON.parse(String(last)).result.length, 4);
});

test('another model is refused by name, and a reset without audio has its answer too', () => {
  assert.throws(
    () => codec().decode('{"config": {"model": "/etc/passwd"}}'),
    /config.model: this server chooses/,
  );
  assert.deepEqual(codec().decode(RESET), [{ type: 'reply', frames: ['{"text": ""}'] }]);
});

/** A client that reads answers one by one. */
async function openLockStep(url: string) {
  const socket = new WebSocket(url);
  const answers = new EventQueue<Record<string, unknown>>();
  socket.on('message', (data) => answers.push(JSON.parse(data.toString())));
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  const iterator = answers[Symbol.asyncIterator]();
  const ask = async (frame: string | Uint8Array) => {
    socket.send(frame);
    return (await iterator.next()).value as Record<string, unknown>;
  };
  return { socket, ask, closed };
}

test('after a bad rate the client gets the error and the close, and none of its audio is heard', async (t) => {
  const engine = new FakeEngine();
  const server = await startTestServer(t, { protocols: [VOSK], engine });
  for (const rate of BAD_RATES) {
    const { socket, ask, closed } = await openLockStep(`${server.url}/`);
    const answer = ask(withRate(rate));
    socket.send(pcm(0.2));
    socket.send(EOF);
    assert.equal((await answer)['code'], 'AUDIO_FORMAT_UNSUPPORTED');
    assert.equal(await closed, 1008);
  }
  assert.equal(engine.streams.length, 0);
});

test('a sample that was cut in two by a reset does not move those that come after it', async (t) => {
  const engine = new RecordingEngine();
  const server = await startTestServer(t, { protocols: [VOSK], engine });
  const { socket, ask, closed } = await openLockStep(`${server.url}/`);
  socket.send(withRate('16000'));
  await ask(Buffer.concat([pcm(0.1), Buffer.from([7])]));
  await ask(RESET);
  const said = countedSamples(1, 1600);
  await ask(Buffer.from(said.buffer));
  await ask(EOF);
  await closed;
  assert.deepEqual(engine.last.samples.subarray(-said.length), said);
});

test('the sample of vosk-server for words gets an answer to each message, confined to its list', async (t) => {
  const engine = new FakeEngine();
  const server = await startTestServer(t, { protocols: [VOSK], engine });
  const { socket, ask, closed } = await openLockStep(`${server.url}/`);
  socket.send(CONFIG_OF_SAMPLE);
  for (let part = 0; part < 5; part++) await ask(pcm(0.2));
  assert.deepEqual(await ask(EOF), { text: 'word0 word1' });
  assert.equal(await closed, 1000);
  const [task] = engine.streams[0]?.configured ?? [];
  assert.equal(task?.task?.type, 'phrases');
});

test('N audio messages of any length have N answers, a config none, and the end one', async (t) => {
  const server = await startTestServer(t, { protocols: [VOSK] });
  const lengths = fc.array(fc.integer({ min: 0, max: 9001 }), { maxLength: 10 });
  const property = fc.asyncProperty(lengths, async (messages) => {
    const client = await openLockStep(`${server.url}/`);
    const answers: Record<string, unknown>[] = [];
    client.socket.send(CONFIG_16K);
    for (const length of messages) answers.push(await client.ask(pcm(1).subarray(0, length)));
    answers.push(await client.ask(EOF));
    assert.equal(await client.closed, 1000);
    for (const answer of answers) assert.equal('partial' in answer, !('text' in answer));
    const bytes = messages.reduce((sum, length) => sum + length, 0);
    const text = answers.map((answer) => answer['text'] ?? '').join('');
    const words = Array.from({ length: Math.floor(Math.floor(bytes / 2) / 8000) }, (_, i) => `word${i}`);
    assert.equal(text, words.join(' '));
  });
  await fc.assert(property, { numRuns: 15 });
});

test('an answer says what its own audio brought; a reset ends the segment and the session goes on', async (t) => {
  const server = await startTestServer(t, { protocols: [VOSK], engine: new FakeEngine() });
  const { ask, closed } = await openLockStep(`${server.url}/`);
  await ask(Buffer.from([0])); // at 8000 Hz
  assert.deepEqual(await ask(pcm(0.3)), { partial: 'word0' });
  assert.equal((await ask(RESET))['text'], 'word0');
  assert.deepEqual(await ask(RESET), { text: '' });
  for (const bytes of [1, 0]) {
    await ask(new Uint8Array(bytes));
    assert.deepEqual(await ask(RESET), { text: '' });
  }
  assert.deepEqual(await ask(pcm(0.3)), { partial: 'word0' });
  assert.equal((await ask(EOF))['text'], 'word0');
  assert.equal(await closed, 1000);
});
