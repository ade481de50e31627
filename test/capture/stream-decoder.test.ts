import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PcmFormat } from '../../agent/capture/sample-format.ts';
import { StreamDecoder } from '../../agent/capture/stream-decoder.ts';
import { AgentError } from '../../agent/errors.ts';
import { concatInt16 } from '../support/concat-int16.ts';
import { chunkLengths, split } from './chunking.ts';
import { buildWav, chunk, int16Bytes } from './wav-builder.ts';

const PLAIN: PcmFormat = { encoding: 's16le', sampleRate: 16000, channels: 1 };

function decode(bytes: Uint8Array, lengths: readonly number[] = [bytes.length || 1]): number[] {
  const decoder = new StreamDecoder(PLAIN, 16000);
  const pieces = Array.from(split(bytes, lengths), (piece) => decoder.accept(piece));
  return Array.from(concatInt16([...pieces, decoder.finish()]));
}

test('PCM comes out untouched, however it is split', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -32768, max: 32767 })), chunkLengths, (samples, lengths) => {
      assert.deepEqual(decode(int16Bytes(samples), lengths), samples);
    }),
  );
});

test('one WAV file behind the other is heard, and what stands behind the samples of one is not', () => {
  const first = buildWav({ data: int16Bytes([1, 2, 3]), after: [chunk('LIST', Buffer.from('INFOodd'))] });
  const second = buildWav({ data: int16Bytes([4, 5]) });
  fc.assert(
    fc.property(chunkLengths, (lengths) => {
      assert.deepEqual(decode(Buffer.concat([first, second, first]), lengths), [1, 2, 3, 4, 5, 1, 2, 3]);
    }),
  );
});

test('each file has its own format', () => {
  const wide = buildWav({ data: int16Bytes([100, 300, 7, 9]), channels: 2 });
  assert.deepEqual(decode(Buffer.concat([wide, buildWav({ data: int16Bytes([4]) })])), [200, 8, 4]);
});

test('samples beyond the length that a header states are heard', () => {
  const wrong = buildWav({ data: int16Bytes([1, 2]) });
  const more = int16Bytes([3, 4, 5, 6, 7]);
  assert.deepEqual(decode(Buffer.concat([wrong, more])), [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(decode(Buffer.concat([wrong, more]), [1]), [1, 2, 3, 4, 5, 6, 7]);
});

test('a flood of files without sound is refused, and a flood of trailers costs nothing', () => {
  const empty = buildWav({ data: int16Bytes([1]), sampleRate: 44100 });
  assert.throws(
    () => decode(Buffer.concat(Array.from({ length: 100 }, () => empty))),
    (error) => error instanceof AgentError && error.code === 'AUDIO_FORMAT_UNSUPPORTED',
  );
  const trailers = Buffer.concat(Array.from({ length: 100_000 }, () => chunk('LIST', Buffer.alloc(0))));
  const whole = Buffer.concat([
    buildWav({ data: int16Bytes([1]) }),
    trailers,
    buildWav({ data: int16Bytes([2]) }),
  ]);
  assert.deepEqual(decode(whole), [1, 2]);
});

const CONTAINERS = {
  Ogg: Buffer.from('OggS\0\x02\0\0\0\0\0\0'),
  'WebM or Matroska': Buffer.from('1a45dfa39f4286810142f781', 'hex'),
  FLAC: Buffer.from('fLaC\0\0\0"\x10\0\x10\0'),
  MP3: Buffer.from('ID3\x04\0\0\0\0\0#TS'),
  MP4: Buffer.from('\0\0\0 ftypM4A '),
  'big-endian WAV (RIFX)': Buffer.from('RIFX\0\0\0$WAVE'),
};
for (const [name, bytes] of Object.entries(CONTAINERS)) {
  test(`${name} is refused by its name, however it is split`, () => {
    for (const lengths of [[bytes.length], [1], [5, 7]]) {
      assert.throws(
        () => decode(bytes, lengths),
        (error) =>
          error instanceof AgentError &&
          error.code === 'AUDIO_FORMAT_UNSUPPORTED' &&
          error.message.includes(name),
      );
    }
  });
}

test('after a realignment the next byte begins a sample', () => {
  const decoder = new StreamDecoder(PLAIN, 16000);
  decoder.accept(Buffer.from([1, 0, 7]));
  decoder.realign();
  assert.deepEqual(Array.from(decoder.accept(int16Bytes([5, 6]))), [5, 6]);
});
