import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentError } from '../../../agent/errors.ts';
import type { Codec, Frame } from '../../../agent/server/protocols/protocol.ts';
import { wyomingProtocol } from '../../../agent/server/protocols/wyoming.ts';
import { readWyomingEvent } from '../../../agent/server/protocols/wyoming-event.ts';
import type { Final, FinalReason, Partial } from '../../../agent/transcript/transcript-event.ts';
import { codecFuzz } from '../../contract/codec-fuzz.ts';
import { protocolContract } from '../../contract/protocol-contract.ts';
import { dialWyoming } from '../../contract/tcp-link.ts';

const WYOMING = wyomingProtocol({ version: '0.1.0', findsEnd: false, wakePhrases: [] });
const MODEL = { name: 'en-base', version: '0.1.0', language: 'en' };
const NOTHING = new URLSearchParams();
const codec = () => WYOMING.createCodec(NOTHING, MODEL);

/** An event as the official package writes it. */
function event(type: string, data?: unknown, payload: Uint8Array = new Uint8Array()): Buffer {
  const body = data === undefined ? '' : JSON.stringify(data);
  const header = {
    type,
    version: '1.9.0',
    ...(body === '' ? {} : { data_length: Buffer.byteLength(body) }),
    ...(payload.length === 0 ? {} : { payload_length: payload.length }),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n${body}`), payload]);
}

const FORMAT = { rate: 16000, width: 2, channels: 1 };
const START = event('audio-start', { ...FORMAT, timestamp: 0 });
const STOP = event('audio-stop', { timestamp: null });
const chunk = (bytes: Uint8Array) => event('audio-chunk', { ...FORMAT, timestamp: null }, bytes);

const parse = (frame: Frame) => {
  const { type, data } = readWyomingEvent(Buffer.from(frame));
  return { type, ...data };
};

protocolContract({
  protocol: WYOMING,
  server: { wyoming: WYOMING },
  dial: ({ wyomingPort }) => dialWyoming(wyomingPort),
  opening: [event('transcribe', { language: 'en' }), START],
  audio: chunk,
  stop: STOP,
  badText: event('audio-start', { ...FORMAT, rate: 'fast' }),
  finalText: (frame) => {
    const { type, data } = readWyomingEvent(Buffer.from(frame));
    return type === 'transcript' ? String(data['text']) : null;
  },
  isEnd: (frame) => frame.startsWith('{"type":"transcript-stop"'),
});

codecFuzz(
  'wyoming',
  codec,
  [
    event('describe'),
    event('ping', { text: 'x' }),
    event('detect', { names: ['computer'], context: {} }),
    event('transcribe', { name: 'en-base', language: 'en', vad_sensitivity: 'relaxed', context: {} }),
    START,
    STOP,
    chunk(Buffer.from('ab')),
  ].map(String),
);

test('bytes of the official package are understood', () => {
  const one = codec();
  for (const [bytes, expected] of [
    ['{"type": "transcribe", "version": "1.9.0", "data_length": 18}\n{"language": "en"}', 'keep-alive'],
    [
      '{"type": "audio-start", "version": "1.9.0", "data_length": 58}\n{"rate": 16000, "width": 2, "channels": 1, "timestamp": 0}',
      'start',
    ],
    [
      '{"type": "audio-chunk", "version": "1.9.0", "data_length": 59, "payload_length": 4}\n{"rate": 16000, "width": 2, "channels": 1, "timestamp": 10}\x01\x00\x02\x00',
      'audio',
    ],
    ['{"type": "audio-stop", "version": "1.9.0", "data_length": 19}\n{"timestamp": null}', 'finish'],
    ['{"type": "voice-started", "version": "1.9.0", "data_length": 16}\n{"timestamp": 1}', 'keep-alive'],
    ['{"type": "describe", "version": "1.9.0"}\n', 'reply'],
    ['{"type": "audio-start", "data": {"rate": 8000, "width": 1, "channels": 2}}\n', 'start'],
  ] as const) {
    const commands = one.decode(Buffer.from(bytes));
    assert.deepEqual(
      commands.map(({ type }) => type),
      [expected],
      bytes,
    );
  }
});

test('events have the layout of the official package: header line, then data with its length in bytes', () => {
  const [pong] = codec().decode(event('ping', { text: 'é' }));
  assert.equal(pong?.type, 'reply');
  assert.equal(
    pong?.type === 'reply' && String(pong.frames[0]),
    '{"type":"pong","version":"1.10.0","data_length":13}\n{"text":"é"}',
  );
});

test('describe is answered with every list and key that Home Assistant reads', () => {
  const [reply] = codec().decode(event('describe'));
  assert.ok(reply?.type === 'reply');
  const attribution = { name: 'Earshot', url: '' };
  assert.deepEqual(parse(reply.frames[0] ?? ''), {
    type: 'info',
    asr: [
      {
        ...{ name: 'Earshot', attribution, installed: true, version: '0.1.0' },
        description: 'Streaming speech recognition on your own machine',
        models: [
          {
            ...{ name: 'en-base', attribution, installed: true, description: 'en-base (en)' },
            ...{ version: '0.1.0', languages: ['en'] },
          },
        ],
        supports_transcript_streaming: true,
        requires_external_vad: true,
      },
    ],
    ...{ tts: [], handle: [], intent: [], wake: [], mic: [], snd: [] },
  });
});

const partial = (stable: string): Partial => ({
  ...{ type: 'partial', segment: 0, text: `${stable} and more`, stable, start: 0, end: 1 },
});
const final = (text: string, reason: FinalReason = 'endpoint'): Final => ({
  ...{ type: 'final', segment: 0, text, words: [], confidence: 1, start: 0, end: 1, reason },
});

function say(one: Codec, ...events: readonly (Partial | Final)[]) {
  return events.flatMap((transcript) => one.encode({ type: 'transcript', event: transcript })).map(parse);
}
const done = (one: Codec) => one.encode({ type: 'done', audioSeconds: 1 }).map(parse);

test('what is settled comes in pieces whose sum is the transcript', () => {
  const one = codec();
  one.decode(START);
  const events = [
    ...say(one, partial(''), partial('turn'), partial('turn'), partial('turn on'), final('turn on it')),
    ...say(one, partial(''), final('', 'flush'), partial('now'), final('now please', 'end')),
    ...done(one),
  ];
  assert.deepEqual(events, [
    { type: 'transcript-start', language: 'en' },
    { type: 'transcript-chunk', text: 'turn' },
    { type: 'transcript-chunk', text: ' on' },
    { type: 'transcript-chunk', text: ' it' },
    { type: 'transcript-chunk', text: ' now' },
    { type: 'transcript-chunk', text: ' please' },
    { type: 'transcript', text: 'turn on it now please', language: 'en' },
    { type: 'transcript-stop' },
  ]);
});

test('one connection has any number of transcriptions, each with the context that it was asked with', () => {
  const one = codec();
  one.decode(event('transcribe', { context: { room: 'kitchen' }, vad_sensitivity: 'relaxed' }));
  const [first] = one.decode(START);
  one.decode(STOP);
  const [second] = one.decode(START);
  assert.deepEqual(first?.type === 'start' && first.options.endpoint, { rule2SilenceMs: 1250 });
  assert.deepEqual(second?.type === 'start' && second.options.endpoint, undefined);
  const kitchen = { language: 'en', context: { room: 'kitchen' } };
  assert.deepEqual(done(one), [
    { type: 'transcript-start', ...kitchen },
    { type: 'transcript', text: '', ...kitchen },
    { type: 'transcript-stop' },
  ]);
  say(one, final('on'));
  assert.deepEqual(done(one)[0], { type: 'transcript', text: 'on', language: 'en' });
});

test('with findsEnd the transcript comes at the first endpoint, and once', () => {
  const one = wyomingProtocol({ version: '0.1.0', findsEnd: true, wakePhrases: [] }).createCodec(
    NOTHING,
    MODEL,
  );
  const [info] = one.decode(event('describe'));
  assert.match(info?.type === 'reply' ? String(info.frames[0]) : '', /"requires_external_vad":false/);
  one.decode(START);
  const types = say(one, final('', 'endpoint'), final('lights on'), final('more')).map(({ type }) => type);
  assert.deepEqual(types, ['transcript-start', 'transcript-chunk', 'transcript', 'transcript-stop']);
  one.decode(STOP);
  assert.deepEqual(done(one), []);
});

test('another language or model ends the session: nobody waits for a transcript that would be wrong', () => {
  for (const [wish, code] of [
    [{ language: 'de-CH' }, 'LANGUAGE_UNSUPPORTED'],
    [{ name: 'whisper' }, 'MODEL_MISSING'],
  ] as const) {
    assert.throws(
      () => codec().decode(event('transcribe', wish)),
      (error: AgentError) => error.code === code,
    );
  }
  for (const wish of [
    { language: 'en-GB', name: null },
    { language: '', name: '' },
  ]) {
    assert.deepEqual(codec().decode(event('transcribe', wish)), [{ type: 'keep-alive' }]);
  }
});

const wake = (phrase: string, time: number) =>
  ({ type: 'transcript', event: { type: 'wake', phrase, time, confidence: 0.9 } }) as const;

const withPhrases = () =>
  wyomingProtocol({
    ...{ version: '0.1.0', findsEnd: false },
    wakePhrases: [{ text: 'computer', threshold: 0.6 }, { text: 'hey jarvis' }],
  }).createCodec(NOTHING, MODEL);

test('wake phrases are offered as models of a wake program, as Home Assistant reads them', () => {
  const [info] = withPhrases().decode(event('describe'));
  assert.ok(info?.type === 'reply');
  const attribution = { name: 'Earshot', url: '' };
  const model = (name: string) => ({
    ...{ name, attribution, installed: true, description: name, version: '0.1.0' },
    ...{ languages: ['en'], phrase: name },
  });
  const { wake: programs } = parse(info.frames[0] ?? '') as unknown as { wake: unknown };
  assert.deepEqual(programs, [
    {
      ...{ name: 'Earshot', attribution, installed: true, version: '0.1.0' },
      description: 'Wake phrases of your own, without training',
      models: [model('computer'), model('hey jarvis')],
    },
  ]);
});

test('detect: the audio after it is heard for the phrases that are named, offered or not, or for all that are offered', () => {
  const phrasesOf = (names: readonly string[] | null) => {
    const one = withPhrases();
    one.decode(event('detect', { names }));
    const [start] = one.decode(START);
    return start?.type === 'start' && start.options.task;
  };
  const task = (...phrases: object[]) => ({ type: 'wake', phrases, listenFor: null });
  const offered = [{ text: 'computer', threshold: 0.6 }, { text: 'hey jarvis' }];
  assert.deepEqual(phrasesOf(null), task(...offered));
  assert.deepEqual(phrasesOf([]), task(...offered));
  assert.deepEqual(phrasesOf(['computer']), task({ text: 'computer', threshold: 0.6 }));
  assert.deepEqual(phrasesOf(['snow boy']), task({ text: 'snow boy' }));
  assert.throws(
    () => codec().decode(event('detect', { names: null })),
    (error: AgentError) => error.code === 'MESSAGE_INVALID' && /wyoming\.wakePhrases/.test(error.message),
  );
});

test('a phrase that was heard is told at once, on the clock of the client; at the end, that there was none', () => {
  const one = withPhrases();
  one.decode(event('detect', { names: ['computer'], context: { room: 'hall' } }));
  one.decode(event('audio-start', { ...FORMAT, timestamp: 5000 }));
  assert.deepEqual(one.encode(wake('computer', 1.25)).map(parse), [
    { type: 'detection', name: 'computer', timestamp: 6250, speaker: null, context: { room: 'hall' } },
  ]);
  one.decode(STOP);
  assert.deepEqual(done(one), []);
  one.decode(event('detect', { names: ['computer'] }));
  one.decode(START);
  one.decode(STOP);
  one.decode(START);
  assert.deepEqual(done(one), [{ type: 'not-detected' }]);
  const transcript = done(one).map(({ type }) => type);
  assert.deepEqual(transcript, ['transcript-start', 'transcript', 'transcript-stop']);
});

test('chunks without audio-start begin the audio; a chunk of another format is refused', () => {
  const one = codec();
  assert.deepEqual(
    one.decode(chunk(Buffer.from('ab'))).map(({ type }) => type),
    ['start', 'audio'],
  );
  const other = event('audio-chunk', { ...FORMAT, rate: 8000 }, Buffer.from('ab'));
  assert.throws(
    () => one.decode(other),
    (error: AgentError) => error.code === 'MESSAGE_INVALID',
  );
});

test('after a fault of the engine there is no transcript: half a command is worse than none', () => {
  const one = codec();
  one.decode(START);
  say(one, final('open the'));
  const error = one.encode({ type: 'error', code: 'ENGINE_FAILED', message: 'gone' }).map(parse);
  assert.deepEqual(error, [{ type: 'error', text: 'gone', code: 'ENGINE_FAILED' }]);
});
