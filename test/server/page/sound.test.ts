import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLOOR_DB, LevelBallistics, measureLevel, meterShare } from '../../../agent/server/page/level.js';
import { mixToMono, toFloat, toInt16 } from '../../../agent/server/page/pcm.js';

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 0.01, `${actual} is not ${expected}`);

test('levels are relative to full scale', () => {
  const square = measureLevel(new Float32Array(100).fill(1));
  near(square.rms, 0);
  near(square.peak, 0);
  const sine = measureLevel(
    Float32Array.from({ length: 1600 }, (_, n) => 0.5 * Math.sin((2 * Math.PI * n) / 16)),
  );
  near(sine.rms, -9.03);
  near(sine.peak, -6.02);
  assert.ok(measureLevel(new Float32Array(0)).rms < FLOOR_DB);
});

test('the meter spans its floor to full scale', () => {
  assert.equal(meterShare(FLOOR_DB - 20), 0);
  assert.equal(meterShare(FLOOR_DB / 2), 0.5);
  assert.equal(meterShare(3), 1);
});

test('the needle rises at once and falls slowly; the peak mark waits before it falls', () => {
  const needle = new LevelBallistics();
  needle.accept({ rms: -20, peak: -10 }, 1000);
  assert.deepEqual(needle.read(1000), { rms: -20, hold: -10 });
  const soon = needle.read(1500);
  assert.ok(soon.rms < -20 && soon.rms > FLOOR_DB);
  assert.equal(soon.hold, -10);
  assert.ok(needle.read(3000).hold < -10);
  assert.deepEqual(needle.read(20_000), { rms: FLOOR_DB, hold: FLOOR_DB });
});

test('samples become 16-bit and clip at full scale', () => {
  assert.deepEqual(
    [...toInt16(Float32Array.of(0, 0.5, -1, 1, 2, -2))],
    [0, 16384, -32768, 32767, 32767, -32768],
  );
  assert.deepEqual([...toFloat(Int16Array.of(0, 16384, -32768))], [0, 0.5, -1]);
});

test('channels are mixed by their mean and left as they were', () => {
  const left = Float32Array.of(1, 0);
  assert.deepEqual([...mixToMono([left, Float32Array.of(0, 0.5)])], [0.5, 0.25]);
  assert.deepEqual([...mixToMono([left])], [1, 0]);
  assert.deepEqual([...left], [1, 0]);
  assert.equal(mixToMono([]).length, 0);
});
