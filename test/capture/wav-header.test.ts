import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isWav, type WavHeader, WavHeaderReader } from '../../agent/capture/wav-header.ts';
import { AgentError } from '../../agent/errors.ts';
import { chunkLengths, split } from './chunking.ts';
import { buildWav, chunk, type WavParts } from './wav-builder.ts';

const DATA = Buffer.from([1, 2, 3, 4]);

function read(parts: WavParts): WavHeader | null {
  const reader = new WavHeaderReader();
  reader.accept(buildWav(parts));
  return reader.header;
}

function longSizeChunk(dataBytes: bigint): Buffer {
  const body = Buffer.alloc(28);
  body.writeBigUInt64LE(dataBytes, 8);
  return chunk('ds64', body);
}

test('the header states encoding, rate, channels and length of the samples', () => {
  assert.deepEqual(read({ data: DATA, sampleRate: 44100, channels: 2 }), {
    format: { encoding: 's16le', sampleRate: 44100, channels: 2 },
    dataBytes: 4,
  });
});

const encodings: readonly [string, Omit<WavParts, 'data'>][] = [
  ['u8', { bits: 8 }],
  ['s24le', { bits: 24 }],
  ['s32le', { bits: 32 }],
  ['f32le', { tag: 3, bits: 32 }],
  ['f64le', { tag: 3, bits: 64 }],
  ['alaw', { tag: 6, bits: 8 }],
  ['mulaw', { tag: 7, bits: 8 }],
  ['s24le', { bits: 24, subFormat: 1, channels: 6 }],
  ['f32le', { bits: 32, subFormat: 3 }],
  // Valid bits are left-justified in their container.
  ['s24le', { bits: 20, containerBytes: 3 }],
  ['s32le', { bits: 24, containerBytes: 4, subFormat: 1 }],
];
for (const [encoding, parts] of encodings) {
  test(`format ${JSON.stringify(parts)} is read as ${encoding}`, () => {
    assert.equal(read({ ...parts, data: DATA })?.format.encoding, encoding);
  });
}

test('chunks before the samples are skipped, odd ones with their padding byte', () => {
  const before = [
    chunk('LIST', Buffer.alloc(4097)),
    chunk('bext', Buffer.alloc(602)),
    chunk('odd ', Buffer.alloc(1)),
  ];
  const wav = buildWav({ data: DATA, before });
  const reader = new WavHeaderReader();
  const used = reader.accept(wav);
  assert.equal(reader.header?.dataBytes, 4);
  assert.deepEqual(wav.subarray(used), DATA);
});

test('a header may come in pieces of any length', () => {
  const wav = buildWav({ data: DATA, before: [chunk('junk', Buffer.alloc(301))], subFormat: 1 });
  fc.assert(
    fc.property(chunkLengths, (lengths) => {
      const reader = new WavHeaderReader();
      let used = 0;
      for (const piece of split(wav, lengths)) used += reader.accept(piece);
      assert.equal(used, wav.length - DATA.length);
      assert.equal(reader.header?.format.encoding, 's16le');
    }),
  );
});

for (const claimedBytes of [0, 0x7ffff000, 0x80000000, 0xffffffff]) {
  test(`a length of 0x${claimedBytes.toString(16)}, as written into a pipe, counts as unknown`, () => {
    assert.equal(read({ data: DATA, claimedBytes })?.dataBytes, null);
  });
}

test('an RF64 file has its length in the ds64 chunk', () => {
  const before = [longSizeChunk(5_000_000_000n)];
  const header = read({ magic: 'RF64', data: DATA, claimedBytes: 0xffffffff, before });
  assert.equal(header?.dataBytes, 5_000_000_000);
});

const refused: readonly [string, Omit<WavParts, 'data'>, RegExp][] = [
  ['a compressed format', { tag: 0x11, bits: 4, containerBytes: 1 }, /format tag 17 with 4 bits/],
  ['12 bytes a sample', { bits: 96 }, /format tag 1 with 96 bits/],
  ['no channels', { channels: 0 }, /number of channels to be an integer from 1 to 32, got 0/],
  ['a rate of 0', { sampleRate: 0 }, /sample rate to be an integer from 4000 to 384000, got 0/],
  ['33 channels', { channels: 33 }, /number of channels to be an integer from 1 to 32, got 33/],
];
for (const [name, parts, message] of refused) {
  test(`${name} is refused with a message that names it`, () => {
    assert.throws(
      () => read({ ...parts, data: DATA }),
      (error) =>
        error instanceof AgentError &&
        error.code === 'AUDIO_FORMAT_UNSUPPORTED' &&
        message.test(error.message),
    );
  });
}

test('samples without a format chunk before them are refused', () => {
  const wav = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), chunk('data', DATA)]);
  assert.throws(() => new WavHeaderReader().accept(wav), /"fmt " chunk before its "data" chunk/);
});

test('a header that would go on for minutes of audio is refused at once; a picture in it is not', () => {
  const claiming = (bytes: number) => {
    const junk = Buffer.from('JUNK\0\0\0\0');
    junk.writeUInt32LE(bytes, 4);
    return Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), junk]);
  };
  assert.throws(
    () => new WavHeaderReader().accept(claiming(20e6)),
    /header of at most 16777216 bytes, got one of 20/,
  );
  assert.equal(new WavHeaderReader().accept(claiming(10e6)), 20);
});

test('whatever the bytes after the magic, the reader ends with a header, an error of the catalogue, or waits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      const reader = new WavHeaderReader();
      try {
        const used = reader.accept(
          Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), chunk('fmt ', Buffer.from(noise))]),
        );
        assert.ok(used >= 12);
      } catch (error) {
        assert.ok(error instanceof AgentError);
      }
    }),
  );
});

test('a WAV stream is recognised as soon as its first bytes can tell', () => {
  assert.equal(isWav(Buffer.from('RI')), 'unknown');
  assert.equal(isWav(Buffer.from('RIFF\0\0\0\0WA')), 'unknown');
  assert.equal(isWav(Buffer.from('RIFF\0\0\0\0WAVE')), true);
  assert.equal(isWav(Buffer.from('BW64\0\0\0\0WAVE')), true);
  assert.equal(isWav(Buffer.from('RIFF\0\0\0\0AVI ')), false);
  assert.equal(isWav(Buffer.from('Ogg')), false);
});
