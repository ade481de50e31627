import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FeatureExtractor } from '../../agent/frontend/feature-extractor.ts';
import { DEFAULT_FRONTEND } from '../../agent/frontend/frontend-params.ts';
import { SIGNALS } from '../support/signals.ts';

const SAMPLES = SIGNALS['white noise']!;
const FRAMES = Math.floor((SAMPLES.length - DEFAULT_FRONTEND.bufferSize) / DEFAULT_FRONTEND.hop) + 1;

/** Gives samples in pieces of these sizes, then the rest; reads whatever is ready after every piece. */
function featuresOf(samples: Int16Array, sizes: readonly number[] = []): Float32Array {
  const extractor = new FeatureExtractor(DEFAULT_FRONTEND);
  const features = new Float32Array(FRAMES * extractor.dim);
  let start = 0;
  let frames = 0;
  for (const size of [...sizes, samples.length]) {
    extractor.accept(samples.subarray(start, start + size));
    start += size;
    const ready = extractor.framesReady;
    extractor.read(features, frames * extractor.dim, ready);
    frames += ready;
  }
  assert.equal(frames, FRAMES);
  return features;
}

describe('FeatureExtractor', () => {
  it('gives the same features for any split into chunks', () => {
    const whole = featuresOf(SAMPLES);
    fc.assert(
      fc.property(fc.array(fc.nat(3000), { maxLength: 20 }), (sizes) => {
        assert.deepEqual(featuresOf(SAMPLES, sizes), whole);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps rows that are not read yet, oldest first', () => {
    const extractor = new FeatureExtractor(DEFAULT_FRONTEND);
    const row = new Float32Array(extractor.dim);
    const whole = featuresOf(SAMPLES);
    for (let repeat = 0; repeat < 5; repeat++) extractor.accept(SAMPLES);
    for (let frame = 0; frame < FRAMES; frame++) {
      extractor.read(row, 0, 1);
      assert.deepEqual(row, whole.subarray(frame * extractor.dim, (frame + 1) * extractor.dim));
    }
  });

  it('refuses to read rows that are not ready', () => {
    const extractor = new FeatureExtractor(DEFAULT_FRONTEND);
    extractor.accept(SAMPLES.subarray(0, DEFAULT_FRONTEND.bufferSize));
    assert.throws(() => extractor.read(new Float32Array(80), 0, 2), RangeError);
  });

  it('starts anew after a reset', () => {
    const extractor = new FeatureExtractor(DEFAULT_FRONTEND);
    const row = new Float32Array(extractor.dim);
    extractor.accept(SAMPLES.subarray(100, 900));
    extractor.reset();
    extractor.accept(SAMPLES.subarray(0, DEFAULT_FRONTEND.bufferSize));
    assert.equal(extractor.framesReady, 1);
    extractor.read(row, 0, 1);
    assert.deepEqual(row, featuresOf(SAMPLES).subarray(0, extractor.dim));
  });
});
