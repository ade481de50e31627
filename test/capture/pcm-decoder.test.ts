import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PcmDecoder } from '../../agent/capture/pcm-decoder.ts';
import { type PcmFormat, sampleReader } from '../../agent/capture/sample-format.ts';
import { AgentError } from '../../agent/errors.ts';
import { concatInt16 } from '../support/concat-int16.ts';
import { chunkLengths, split } from './chunking.ts';
import { buildWav, chunk, int16Bytes } from './wav-builder.ts';

const PLAIN: PcmFormat = { encoding: 's16le', sampleRate: 16000, channels: 1 };

function decode(
  bytes: Uint8Array,
  format: PcmFormat = PLAIN,
  lengths: readonly number[] = [bytes.length || 1],
) {
  const decoder = new PcmDecoder(format);
  const pieces = Array.from(split(bytes, lengths), (piece) => decoder.accept(piece));
  return concatInt16([...pieces, decoder.finish()]);
}

const int16 = fc.integer({ min: -32768, max: 32767 });

test('16-bit mono at 16 kHz comes out untouched, however it is split', () => {
  fc.assert(
    fc.property(fc.array(int16, { maxLength: 3000 }), chunkLengths, (samples, lengths) => {
      assert.deepEqual(Array.from(decode(int16Bytes(samples), PLAIN, lengths)), samples);
    }),
  );
});

test('a last odd byte is left out', () => {
  assert.deepEqual(Array.from(decode(Buffer.from([1, 0, 2]))), [1]);
});

const readings: readonly [PcmFormat['encoding'], number[], number[]][] = [
  ['u8', [0, 128, 255], [-32768, 0, 32512]],
  ['s24le', [0, 0, 0x80, 0xff, 0xff, 0xff, 0, 1, 0], [-32768, 0, 1]],
  ['s32le', [0, 0, 0, 0x80, 0, 0, 1, 0], [-32768, 1]],
  ['alaw', [0xd5, 0x55, 0xaa, 0x2a], [8, -8, 32256, -32256]],
  ['mulaw', [0xff, 0x7f, 0x80, 0x00], [0, 0, 32124, -32124]],
];
for (const [encoding, bytes, expected] of readings) {
  test(`${encoding} is read`, () => {
    assert.deepEqual(Array.from(decode(Uint8Array.from(bytes), { ...PLAIN, encoding })), expected);
  });
}

test('floats are scaled and clipped, and what is not a number becomes silence', () => {
  const values = [0.5, -1, 2, Number.NaN, Number.POSITIVE_INFINITY];
  const expected = [16384, -32768, 32767, 0, 0];
  const single = Buffer.from(Float32Array.from(values).buffer);
  const double = Buffer.from(Float64Array.from(values).buffer);
  assert.deepEqual(Array.from(decode(single, { ...PLAIN, encoding: 'f32le' })), expected);
  assert.deepEqual(Array.from(decode(double, { ...PLAIN, encoding: 'f64le' })), expected);
});

test('numbers near zero, on which a filter takes a hundred times as long, are silence; those beyond all measure are cut', () => {
  const view = new DataView(Float64Array.of(1e-40, -1e-37, 1e-5, 1e300).buffer);
  const read = sampleReader('f64le');
  assert.deepEqual(
    [0, 8, 16, 24].map((offset) => read(view, offset)),
    [0, 0, 1e-5, 1e6],
  );
});

test('channels are averaged', () => {
  const stereo = int16Bytes([100, 300, -50, 50, 32767, 32767]);
  assert.deepEqual(Array.from(decode(stereo, { ...PLAIN, channels: 2 })), [200, 0, 32767]);
});

test('stereo at another rate gives the same samples however it is split', () => {
  const bytes = int16Bytes(Array.from({ length: 4000 }, (_, i) => 9000 * Math.sin(i * i * 1e-4)));
  const format: PcmFormat = { encoding: 's16le', sampleRate: 44100, channels: 2 };
  const whole = decode(bytes, format);
  assert.equal(whole.length, Math.ceil((2000 * 16000) / 44100));
  fc.assert(
    fc.property(chunkLengths, (lengths) => {
      assert.deepEqual(decode(bytes, format, lengths), whole);
    }),
    { numRuns: 30 },
  );
});

test('a WAV header at the start is skipped and its format honoured, however it is split', () => {
  const samples = [1, -2, 300, -400];
  const stereo = int16Bytes(samples.flatMap((sample) => [sample, sample]));
  const wav = buildWav({
    data: stereo,
    channels: 2,
    before: [chunk('LIST', Buffer.alloc(333, 7))],
    after: [chunk('LIST', Buffer.alloc(100, 7))],
  });
  fc.assert(
    fc.property(chunkLengths, (lengths) => {
      assert.deepEqual(Array.from(decode(wav, { ...PLAIN, sampleRate: 8000 }, lengths)), samples);
    }),
  );
});

test('after the header the decoder tells the format in force', () => {
  const decoder = new PcmDecoder(PLAIN);
  decoder.accept(buildWav({ data: Buffer.alloc(8), sampleRate: 48000, channels: 2 }));
  assert.deepEqual(decoder.format, { encoding: 's16le', sampleRate: 48000, channels: 2 });
  assert.equal(decoder.wavHeader?.dataBytes, 8);
});

test('a header of a pipe, with no length, lets everything through', () => {
  const wav = buildWav({ data: int16Bytes([1, 2, 3]), claimedBytes: 0xffffffff });
  assert.deepEqual(Array.from(decode(wav)), [1, 2, 3]);
});

test('a stream that ends while its first bytes could still be a header is read as samples', () => {
  assert.deepEqual(Array.from(decode(Buffer.from('RIFF'))), [0x4952, 0x4646]);
  assert.deepEqual(Array.from(decode(new Uint8Array(0))), []);
});

test('after close nothing comes out', () => {
  const decoder = new PcmDecoder({ ...PLAIN, sampleRate: 8000 });
  decoder.accept(Buffer.alloc(100));
  decoder.close();
  decoder.close();
  assert.equal(decoder.accept(Buffer.alloc(100)).length, 0);
  assert.equal(decoder.finish().length, 0);
});

test('a rate or channel count out of range is refused at once', () => {
  for (const wrong of [
    { sampleRate: 100 },
    { sampleRate: 16000.5 },
    { channels: 0 },
    { channels: Number.NaN },
  ]) {
    assert.throws(
      () => new PcmDecoder({ ...PLAIN, ...wrong }),
      (error) => error instanceof AgentError && error.code === 'AUDIO_FORMAT_UNSUPPORTED',
    );
  }
});
