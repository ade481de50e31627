import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readAudioFile } from '../../../agent/server/page/audio-file.js';
import { type FakeBrowser, fakeDecoder } from './fake-decoder.ts';

const SAMPLE_RATE = 16_000;
const HOUR = 3600;

const read = (t: TestContext, browser: FakeBrowser) => {
  fakeDecoder(t, browser);
  return readAudioFile(new Blob([]) as File);
};

const decoded = (...channels: Float32Array[]) => ({ seconds: 1, channels });

test('the channels of a long file are mixed piece by piece, and nothing is lost between pieces', async (t) => {
  const length = 65 * SAMPLE_RATE + 7;
  const left = Float32Array.from({ length }, (_, index) => (index % 1000) / 1024);
  const tape = await read(t, decoded(left, new Float32Array(length)));
  assert.equal(tape.end, length);
  const expected = Int16Array.from(left, (sample) => Math.round(sample * 16384));
  assert.deepEqual(tape.read(0, length), expected);
});

test('the page gets its turn while a long file is mixed', async (t) => {
  let turns = 0;
  const count = () => {
    turns += 1;
    if (turns < 1000) setImmediate(count);
  };
  setImmediate(count);
  const before = turns;
  await read(t, decoded(new Float32Array(100 * SAMPLE_RATE)));
  assert.ok(turns - before >= 4, `${turns - before}`);
});

test('a file that is too long to be decoded is refused before it is', async (t) => {
  const browser = { seconds: 8 * HOUR, channels: [] };
  await assert.rejects(read(t, browser), { code: 'file-too-large' });
});

test('a long file that the browser gives up decoding is too large, a short one not readable', async (t) => {
  await assert.rejects(read(t, { seconds: 2 * HOUR }), { code: 'file-too-large' });
  await assert.rejects(read(t, { seconds: 10 }), { code: 'file-unreadable' });
  await assert.rejects(read(t, { seconds: Number.NaN }), { code: 'file-unreadable' });
});

test('a recording that does not say how long it is is decoded', async (t) => {
  const tape = await read(t, { seconds: Number.POSITIVE_INFINITY, channels: [new Float32Array(5)] });
  assert.equal(tape.end, 5);
});
