import fc from 'fast-check';
import type { Frame } from '../../agent/server/protocols/protocol.ts';
import {
  deepgramParameters,
  nativeSettings,
  openaiSettings,
  voskSettings,
  wyomingSettings,
} from './hostile-settings.ts';

/** What one hostile client does: where it connects, what it sends. */
export interface HostileScript {
  /** Path and query of a WebSocket; unused by Wyoming, which has a port of its own. */
  readonly path: string;
  readonly frames: readonly Frame[];
}

/** A protocol as its hostile clients see it. */
export interface Target {
  readonly name: string;
  readonly wire: 'websocket' | 'wyoming';
  readonly scripts: fc.Arbitrary<HostileScript>;
}

const VALUES = ['null', '[]', '{}', '-1', '1e999', '""', '"\\u0000"', '{"__proto__":1}', '[[[[[[[[]]]]]]]]'];
const SIZE = { minLength: 50, maxLength: 500, size: 'max' } as const;
const NO_SETTINGS = fc.constant('');
/** Often next to nothing, else up to 60 ms. */
const audio = fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.uint8Array({ maxLength: 2000, size: 'max' }));

interface WebSocketWords {
  readonly path: string;
  /** Texts of the protocol, right ones: the broken ones are made from them. */
  readonly words: readonly string[];
  /** Those that end the session, which are rarer. */
  readonly ends?: readonly string[];
  /** Texts that say what to listen for. */
  readonly settings?: fc.Arbitrary<string>;
  /** Added to the path. */
  readonly query?: fc.Arbitrary<string>;
}

/** Messages of one hostile client: right, cut, with wrong values, of another kind, empty, long, and what to listen for. */
function webSocket(
  name: string,
  { path, words, ends = [], settings, query = NO_SETTINGS }: WebSocketWords,
): Target {
  const word = fc.constantFrom(...words);
  const cut = fc
    .tuple(word, fc.nat(120), fc.string({ unit: 'binary', maxLength: 20 }))
    .map(([text, at, junk]) => text.slice(0, at) + junk + text.slice(at));
  const replaced = fc
    .tuple(word, fc.constantFrom(...VALUES))
    .map(([text, value]) => text.replace(/(:\s*)("[^"]*"|\d+|\{[^{}]*\})/, `$1${value}`));
  const other = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json({ maxDepth: 3 }));
  const common = fc.oneof(word, cut, replaced, other, audio, audio);
  const frame = fc.oneof(
    { weight: 100, arbitrary: common },
    ...(ends.length === 0 ? [] : [{ weight: 1, arbitrary: fc.constantFrom(...ends) }]),
    ...(settings === undefined ? [] : [{ weight: 15, arbitrary: settings }]),
  );
  const scripts = fc.record({ path: query.map((text) => path + text), frames: fc.array(frame, SIZE) });
  return { name, wire: 'websocket', scripts };
}

/** An event as its writer states it: with lengths that may be wrong, and data in front or behind. */
function wyomingEvent(
  type: string,
  data: unknown,
  payload: Uint8Array = new Uint8Array(0),
  wrong: object = {},
) {
  const body = Buffer.from(JSON.stringify(data));
  const header = { type, data_length: body.length, payload_length: payload.length, ...wrong };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body, payload]);
}

function wyoming(): Target {
  const format = { rate: 16000, width: 2, channels: 1 };
  const right = fc.oneof(
    ...(['describe', 'ping', 'transcribe', 'audio-stop'] as const).map((type) =>
      fc.constant(wyomingEvent(type, {})),
    ),
    fc.constant(wyomingEvent('audio-start', format)),
    audio.map((bytes) => wyomingEvent('audio-chunk', format, bytes)),
    audio.map((bytes) => wyomingEvent('audio-chunk', format, bytes)),
  );
  const settings = fc
    .tuple(fc.constantFrom('detect', 'transcribe'), wyomingSettings)
    .map(([type, data]) => wyomingEvent(type, data));
  const formats = fc
    .record({
      rate: fc.constantFrom(0, 4000, 384_000, 1e9, -1, null),
      width: fc.constantFrom(0, 1, 3, 4, 5, 0.5),
      channels: fc.constantFrom(1, 2, 32, 33, 1e9),
    })
    .chain((data) => audio.map((bytes) => wyomingEvent('audio-chunk', data, bytes)));
  const unknown = fc
    .tuple(fc.string({ maxLength: 20 }), fc.json({ maxDepth: 3 }))
    .map(([type, data]) => wyomingEvent(type, { data }));
  const inFront = fc
    .json({ maxDepth: 3 })
    .map((data) => Buffer.from(`{"type":"audio-start","data":${data},"data_length":0}\n`));
  /** After most of these the server can not know where the next event begins. */
  const broken = fc.oneof(
    fc
      .record({
        data_length: fc.constantFrom<unknown>(0, -1, 5, 1e9, 2 ** 53, 0.5, '5', null),
        payload_length: fc.constantFrom<unknown>(0, -1, 5, 1e9, 2 ** 53, 0.5, '5', null),
      })
      .map((lengths) => wyomingEvent('audio-chunk', format, new Uint8Array(9), lengths)),
    fc.tuple(right, fc.nat(200)).map(([event, at]) => event.subarray(0, at)),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(Buffer.alloc(70_000, 'x')),
    fc.json({ maxDepth: 3 }).map((text) => Buffer.from(`${text}\n`)),
  );
  const frame = fc.oneof(
    { weight: 100, arbitrary: right },
    { weight: 10, arbitrary: settings },
    { weight: 10, arbitrary: fc.oneof(formats, unknown, inFront) },
    { weight: 1, arbitrary: broken },
  );
  return {
    name: 'wyoming',
    wire: 'wyoming',
    scripts: fc.record({ path: fc.constant(''), frames: fc.array(frame, SIZE) }),
  };
}

/** Every protocol of the daemon. */
export const TARGETS: readonly Target[] = [
  webSocket('native', {
    path: '/v1/stream',
    words: ['{"type":"start","sampleRate":8000}', '{"type":"flush"}', '{"type":"ack","messages":1}'],
    ends: ['{"type":"stop"}'],
    settings: nativeSettings,
  }),
  webSocket('resumable', {
    path: '/v1/stream?resume=new',
    words: ['{"type":"ack","messages":3}', '{"type":"flush"}'],
    settings: nativeSettings,
  }),
  webSocket('microphone', { path: '/v1/microphone?levels=1', words: ['{"type":"stop"}'] }),
  webSocket('vosk', {
    path: '/vosk',
    words: ['{"config":{"sample_rate":16000,"words":1}}', '{"reset":1}'],
    ends: ['{"eof":1}'],
    settings: voskSettings,
  }),
  webSocket('sherpa', { path: '/sherpa', words: ['done'], ends: ['Done'] }),
  webSocket('deepgram', {
    path: '/v1/listen?encoding=linear16&sample_rate=16000&interim_results=true',
    words: ['{"type":"Finalize"}', '{"type":"KeepAlive"}', '{"type":"Configure","keyterms":["Siobhan"]}'],
    ends: ['{"type":"CloseStream"}'],
    query: deepgramParameters,
  }),
  webSocket('openai', {
    path: '/v1/realtime?intent=transcription',
    words: [
      '{"type":"session.update","session":{"type":"transcription"}}',
      '{"type":"session.update","session":{"type":"transcription","audio":{"input":{"format":{"rate":16000}}}}}',
      '{"type":"session.update","session":{"type":"transcription","audio":{"input":{"turn_detection":{"type":"semantic_vad"}}}}}',
      '{"type":"input_audio_buffer.append","audio":"AAAAAAAA"}',
      '{"type":"input_audio_buffer.commit"}',
      '{"type":"input_audio_buffer.clear"}',
    ],
    settings: openaiSettings,
  }),
  wyoming(),
];
