import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createResampler } from '../../agent/capture/resampler.ts';
import { MEASURED_RATES, measureQuality } from '../../scripts/resampler-quality.ts';
import { leastGrowthMib } from '../support/memory-growth.ts';
import { chunkLengths, split } from './chunking.ts';

function resample(
  input: Float32Array,
  rates: readonly [number, number],
  lengths: readonly number[],
): number[] {
  const resampler = createResampler(...rates);
  const output: number[] = [];
  for (const piece of split(input, lengths)) output.push(...resampler.process(piece));
  output.push(...resampler.finish());
  resampler.close();
  return output;
}

const chirp = Float32Array.from({ length: 9000 }, (_, i) => 0.8 * Math.sin(i * i * 1.7e-4));

for (const [inputRate, outputRate] of MEASURED_RATES) {
  const rates = [inputRate, outputRate] as const;
  test(`${inputRate} Hz to ${outputRate} Hz: flat pass band, no audible aliases, times hold`, () => {
    const quality = measureQuality(inputRate, outputRate);
    assert.ok(quality.rippleDb < 0.01, `ripple ${quality.rippleDb} dB`);
    assert.ok(quality.halfPowerEdge > 0.93, `-3 dB at ${quality.halfPowerEdge}`);
    assert.ok(quality.rejectionDb > 96, `rejection ${quality.rejectionDb} dB`);
    assert.ok(Math.abs(quality.delayMs) < 500 / outputRate, `delay ${quality.delayMs} ms`);
    assert.ok(quality.lookaheadMs < 12, `look-ahead ${quality.lookaheadMs} ms`);
  });

  test(`${inputRate} Hz to ${outputRate} Hz: any split of the input gives the same samples`, () => {
    const whole = resample(chirp, rates, [chirp.length]);
    assert.equal(whole.length, Math.ceil((chirp.length * outputRate) / inputRate));
    fc.assert(
      fc.property(chunkLengths, (lengths) => {
        assert.deepEqual(resample(chirp, rates, lengths), whole);
      }),
      { numRuns: 15 },
    );
    assert.deepEqual(resample(chirp, rates, [1]), whole);
  });
}

test('equal rates leave the samples untouched', () => {
  const resampler = createResampler(16000, 16000);
  assert.equal(resampler.process(chirp), chirp);
  assert.equal(resampler.finish().length, 0);
});

test('any length of input gives the length that the rates ask for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3000 }),
      fc.constantFrom(...MEASURED_RATES),
      (length, [from, to]) => {
        const output = resample(new Float32Array(length), [from, to], [160]);
        assert.equal(output.length, Math.ceil((length * to) / from));
      },
    ),
    { numRuns: 60 },
  );
});

test('two resamplers at work at the same time do not disturb each other', () => {
  const alone = resample(chirp, [44100, 16000], [441]);
  const first = createResampler(44100, 16000);
  const second = createResampler(48000, 16000);
  const output: number[] = [];
  for (const piece of split(chirp, [441])) {
    output.push(...first.process(piece));
    second.process(piece);
  }
  output.push(...first.finish());
  assert.deepEqual(output, alone);
  first.close();
  second.close();
});

test('thousands of closed resamplers leave no memory behind', async () => {
  const grownMib = await leastGrowthMib(() => {
    for (let i = 0; i < 1000; i++) {
      const resampler = createResampler(44100, 16000);
      resampler.process(chirp.subarray(0, 10));
      resampler.close();
      resampler.close();
      assert.equal(resampler.process(chirp).length, 0);
    }
  });
  // Each takes about 22 kB: 21 MiB a round if they stayed.
  assert.ok(grownMib < 8, `grew by ${grownMib.toFixed(1)} MiB in each round`);
});
