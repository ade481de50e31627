import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { floatToInt16, measureLevel, SILENCE_DBFS } from '../../agent/capture/pcm.ts';

test('samples that came from int16 come back exactly', () => {
  const sample = fc.integer({ min: -32768, max: 32767 });
  fc.assert(
    fc.property(fc.array(sample), (samples) => {
      const floats = Float32Array.from(samples, (value) => value / 32768);
      assert.deepEqual(Array.from(floatToInt16(floats)), samples);
    }),
  );
});

test('samples beyond full scale are clipped, and NaN becomes silence', () => {
  const floats = Float32Array.of(
    1,
    7,
    Number.POSITIVE_INFINITY,
    -1,
    -7,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  );
  assert.deepEqual(Array.from(floatToInt16(floats)), [32767, 32767, 32767, -32768, -32768, -32768, 0]);
});

test('a full-scale square wave has a level of 0 dBFS', () => {
  const square = Int16Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? -32768 : 32767));
  const level = measureLevel(square);
  assert.ok(Math.abs(level.rms) < 0.001);
  assert.equal(level.peak, 0);
});

test('a sine at half of full scale has -6 dBFS peak and -9 dBFS rms', () => {
  const sine = Int16Array.from(
    { length: 16000 },
    (_, i) => 16384 * Math.sin((2 * Math.PI * 100 * i) / 16000),
  );
  const level = measureLevel(sine);
  assert.ok(Math.abs(level.peak + 6.02) < 0.01);
  assert.ok(Math.abs(level.rms + 9.03) < 0.01);
});

test('digital silence and an empty chunk have the lowest level, never an infinite one', () => {
  assert.deepEqual(measureLevel(new Int16Array(160)), { rms: SILENCE_DBFS, peak: SILENCE_DBFS });
  assert.deepEqual(measureLevel(new Int16Array(0)), { rms: SILENCE_DBFS, peak: SILENCE_DBFS });
});
