import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSamples } from '../support/real-speech.ts';

const MOST_NOISES = 30;

/** Recordings of noise, spread evenly over those of `noise.tar` in `folder`. 16 kHz mono, int16 range. */
export async function readNoises(folder: string): Promise<Int16Array[]> {
  const into = mkdtempSync(join(tmpdir(), 'earshot-noise-'));
  try {
    execFileSync('tar', ['-xf', join(folder, 'noise.tar'), '-C', into]);
    const files = readdirSync(into, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.opus'))
      .sort();
    const count = Math.min(MOST_NOISES, files.length);
    const chosen = Array.from({ length: count }, (_, i) => files[Math.floor((i * files.length) / count)]!);
    const noises: Int16Array[] = [];
    for (const file of chosen) noises.push(await readSamples(join(into, file)));
    return noises.filter((noise) => power(noise) > 0);
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
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
