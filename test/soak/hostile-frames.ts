import fc from 'fast-check';
import type { Frame } from '../../agent/server/protocols/protocol.ts';

/** A protocol as its hostile clients see it. */
export interface Target {
  readonly path: string;
  /** Texts of the protocol, right ones: the broken ones are made from them. */
  readonly words: readonly string[];
}

/** Every WebSocket protocol of the daemon. */
export const TARGETS: readonly Target[] = [
  {
    path: '/v1/stream',
    words: [
      '{"type":"start","sampleRate":8000}',
      '{"type":"flush"}',
      '{"type":"ack","messages":1}',
      '{"type":"stop"}',
    ],
  },
  { path: '/v1/stream?resume=new', words: ['{"type":"ack","messages":3}', '{"type":"flush"}'] },
  { path: '/v1/microphone?levels=1', words: ['{"type":"stop"}'] },
  { path: '/vosk', words: ['{"config":{"sample_rate":16000,"words":1}}', '{"eof":1}', '{"reset":1}'] },
  { path: '/sherpa', words: ['Done'] },
  {
    path: '/v1/listen?encoding=linear16&sample_rate=16000&interim_results=true',
    words: ['{"type":"Finalize"}', '{"type":"KeepAlive"}', '{"type":"CloseStream"}'],
  },
  {
    path: '/v1/realtime?intent=transcription',
    words: [
      '{"type":"session.update","session":{"type":"transcription"}}',
      '{"type":"input_audio_buffer.append","audio":"AAAAAAAA"}',
      '{"type":"input_audio_buffer.commit"}',
      '{"type":"input_audio_buffer.clear"}',
    ],
  },
];

const VALUES = ['null', '[]', '{}', '-1', '1e999', '""', '"\\u0000"', '{"__proto__":1}', '[[[[[[[[]]]]]]]]'];

/** Messages of one hostile client: right, cut, with wrong values, of another kind, empty, long. */
export function hostileFrames({ words }: Target): fc.Arbitrary<Frame[]> {
  const word = fc.constantFrom(...words);
  const cut = fc
    .tuple(word, fc.nat(120), fc.string({ unit: 'binary', maxLength: 20 }))
    .map(([text, at, junk]) => text.slice(0, at) + junk + text.slice(at));
  const replaced = fc
    .tuple(word, fc.constantFrom(...VALUES))
    .map(([text, value]) => text.replace(/(:\s*)("[^"]*"|\d+|\{[^{}]*\})/, `$1${value}`));
  const other = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json({ maxDepth: 3 }));
  const audio = fc.uint8Array({ maxLength: 2000 });
  const frame = fc.oneof(word, cut, replaced, other, audio, audio);
  return fc.array(frame, { minLength: 50, maxLength: 500, size: 'max' });
}
