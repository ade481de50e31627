import { quantile } from './quantile.ts';
import { seededRandom } from './random.ts';

/** One utterance's share of a rate: `errors / reference`. */
export interface RateSample {
  readonly errors: number;
  readonly reference: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Share of resamples inside the interval, 0 to 1. */
  readonly level?: number;
  readonly resamples?: number;
  readonly seed?: number;
}

/**
 * Confidence interval of an error rate over a set of utterances by the percentile bootstrap: whole utterances
 * are drawn with replacement, since errors inside one utterance depend on each other (Bisani and Ney,
 * "Bootstrap estimates for confidence intervals in ASR performance evaluation", ICASSP 2004).
 * `null` when no sample has a reference. The same samples and seed give the same interval.
 */
export function bootstrapInterval(
  samples: readonly RateSample[],
  { level = 0.95, resamples = 1000, seed = 1 }: BootstrapOptions = {},
): Interval | null {
  if (samples.every(({ reference }) => reference === 0)) return null;
  const random = seededRandom(seed);
  const rates: number[] = [];
  while (rates.length < resamples) {
    const rate = resampledRate(samples, random);
    if (rate !== null) rates.push(rate);
  }
  rates.sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return { low: quantile(rates, tail), high: quantile(rates, 1 - tail) };
}

function resampledRate(samples: readonly RateSample[], random: () => number): number | null {
  let errors = 0;
  let reference = 0;
  for (let draw = 0; draw < samples.length; draw++) {
    const sample = samples[Math.floor(random() * samples.length)]!;
    errors += sample.errors;
    reference += sample.reference;
  }
  return reference === 0 ? null : errors / reference;
}
