import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { spread } from '../../agent/evaluation/spread.ts';
import { readSamples } from '../support/real-speech.ts';

const MOST_NOISES = 30;
/** Recordings that no training hears (scripts/training/held_out.py). */
const HELD_OUT = /_5-|^gsc_running_tap/;

/** A recording without speech. */
export interface Noise {
  /** What it is of, as its file says: `Dog_bark`. */
  readonly kind: string;
  /** 16 kHz mono, int16 range. */
  readonly samples: Int16Array;
}

/** Recordings of noise, spread evenly over those of `readNoiseKinds`. 16 kHz mono, int16 range. */
export async function readNoises(folder: string): Promise<Int16Array[]> {
  const noises = await readNoiseKinds(folder, MOST_NOISES);
  return noises.map(({ samples }) => samples);
}

/**
 * At most `most` recordings of noise with their kinds, spread evenly over those of `noise.tar` in `folder` that no training
 * hears.
 */
export async function readNoiseKinds(folder: string, most = Number.POSITIVE_INFINITY): Promise<Noise[]> {
  const into = mkdtempSync(join(tmpdir(), 'earshot-noise-'));
  try {
    execFileSync('tar', ['-xf', join(folder, 'noise.tar'), '-C', into]);
    const files = readdirSync(into, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.opus') && HELD_OUT.test(basename(file)))
      .sort();
    const noises: Noise[] = [];
    for (const file of spread(files, most))
      noises.push({ kind: kindOf(file), samples: await readSamples(join(into, file)) });
    return noises.filter(({ samples }) => power(samples) > 0);
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

/** `esc10_001___Dog_bark_1-100032-A.opus` is of the kind `Dog_bark`. */
function kindOf(file: string): string {
  return basename(file, '.opus')
    .replace(/^(esc10_\d+___|gsc_)/, '')
    .replace(/_\d+-.*$/, '');
}

/** `speech` with `noise` from a random place on, repeated as needed, so that their mean powers differ by `snr` dB. */
export function mixNoise(
  speech: Int16Array,
  noise: Int16Array,
  { snr, random }: { snr: number; random: () => number },
): Int16Array {
  const gain = Math.sqrt(power(speech) / (power(noise) * 10 ** (snr / 10)));
  const start = Math.floor(random() * noise.length);
  return speech.map((sample, i) => {
    const mixed = sample + gain * noise[(start + i) % noise.length]!;
    return Math.max(-32768, Math.min(32767, Math.round(mixed)));
  });
}

function power(samples: Int16Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
}
