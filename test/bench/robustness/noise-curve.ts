import type { Recognizer } from '../../../agent/engine/recognizer.ts';
import { seededRandom } from '../../../agent/evaluation/random.ts';
import type { RateSummary } from '../../../agent/evaluation/summary.ts';
import { mixNoise, type Noise } from '../noise-mix.ts';
import { type SpokenClip, wordErrorRate } from './transcribe.ts';

const SNRS = [null, 20, 10, 5, 0];

export interface NoiseCurve {
  readonly clips: number;
  readonly points: readonly {
    /** Signal to noise in dB; `null`: as recorded. */
    readonly snr: number | null;
    readonly wer: RateSummary;
  }[];
}

/** Word error rates of the same clips with noise added, each with a noise of a seeded choice at all levels. */
export async function noiseCurve(
  engine: Recognizer,
  clips: readonly SpokenClip[],
  noises: readonly Noise[],
): Promise<NoiseCurve> {
  const points: NoiseCurve['points'][number][] = [];
  for (const snr of SNRS) {
    const random = seededRandom(1);
    const heard = clips.map(({ text, samples }) => {
      const noise = noises[Math.floor(random() * noises.length)]!.samples;
      return { text, samples: snr === null ? samples : mixNoise(samples, noise, { snr, random }) };
    });
    points.push({ snr, wer: await wordErrorRate(engine, heard) });
  }
  return { clips: clips.length, points };
}
