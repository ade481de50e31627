import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_FRONTEND } from '../../agent/frontend/frontend-params.ts';
import { createMeyda, Mfcc } from '../../agent/frontend/mfcc.ts';
import { allocatedBytes } from '../support/allocated-bytes.ts';
import { realSpeech } from '../support/real-speech.ts';
import { SIGNALS } from '../support/signals.ts';

const { bufferSize, hop, coefficients } = DEFAULT_FRONTEND;

/** Largest difference between our coefficients and Meyda's over all windows of `samples`. */
function largestDifference(samples: Int16Array): number {
  const ours = new Mfcc(DEFAULT_FRONTEND);
  const meyda = createMeyda(DEFAULT_FRONTEND);
  const window = new Float32Array(bufferSize);
  const out = new Float32Array(coefficients);
  let largest = 0;
  for (let start = 0; start + bufferSize <= samples.length; start += hop) {
    window.set(samples.subarray(start, start + bufferSize));
    ours.compute(window, out, 0);
    const expected = meyda.extract('mfcc', window);
    assert.equal(expected.length, coefficients);
    for (let k = 0; k < coefficients; k++) largest = Math.max(largest, Math.abs(out[k]! - expected[k]!));
  }
  return largest;
}

describe('Mfcc', () => {
  for (const [name, signal] of Object.entries(SIGNALS)) {
    it(`equals Meyda's mfcc within 1e-3 on ${name}`, () => {
      assert.ok(largestDifference(signal) < 1e-3, `largest difference ${largestDifference(signal)}`);
    });
  }

  it("equals Meyda's mfcc within 1e-3 on real speech", async (t) => {
    const clips = await realSpeech(20);
    if (clips.length === 0) return t.skip('needs ../shared/speech and ffmpeg');
    for (const { file, samples } of clips) {
      assert.ok(largestDifference(samples) < 1e-3, `${file}: ${largestDifference(samples)}`);
    }
  });

  it('allocates nothing per window', () => {
    const mfcc = new Mfcc(DEFAULT_FRONTEND);
    const window = Float32Array.from(SIGNALS['white noise']!.subarray(0, bufferSize));
    const out = new Float32Array(coefficients);
    const bytes = allocatedBytes(() => mfcc.compute(window, out, 0));
    assert.ok(bytes < 64, `${bytes} bytes`);
  });

  it('is not moved by a change of the Meyda that the rest of the process sees', async () => {
    // Its own typings describe another module than the one that Node loads.
    const Meyda = (await import('meyda')).default as unknown as ReturnType<typeof createMeyda>;
    const before = new Float32Array(coefficients);
    const after = new Float32Array(coefficients);
    const window = Float32Array.from(SIGNALS['white noise']!.subarray(0, bufferSize));
    const mfcc = new Mfcc(DEFAULT_FRONTEND);
    mfcc.compute(window, before, 0);
    const rate = Meyda.sampleRate;
    Meyda.sampleRate = 8000;
    Meyda.extract('mfcc', window);
    mfcc.compute(window, after, 0);
    Meyda.sampleRate = rate;
    assert.deepEqual(after, before);
  });
});
