/** Level reported for digital silence, in dBFS: below the quantisation noise of 16-bit audio (-98 dBFS). */
export const SILENCE_DBFS = -120;

/** Loudness of a chunk in dB relative to full scale; a full-scale square wave has 0 in both. */
export interface Level {
  readonly rms: number;
  readonly peak: number;
}

/**
 * Converts samples in [-1, 1] to the int16 range: times 32768, rounded, clipped. Samples that came from int16
 * come back exactly. NaN becomes 0.
 */
export function floatToInt16(source: Float32Array): Int16Array {
  const target = new Int16Array(source.length);
  for (let i = 0; i < source.length; i++) {
    target[i] = Math.max(-32768, Math.min(32767, Math.round(source[i]! * 32768)));
  }
  return target;
}

/** All samples in one new array. */
export function joined(first: Int16Array, second: Int16Array): Int16Array {
  const whole = new Int16Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** Measures a chunk of mono samples in the int16 range. */
export function measureLevel(samples: Int16Array): Level {
  let peak = 0;
  let energy = 0;
  for (const sample of samples) {
    peak = Math.max(peak, Math.abs(sample));
    energy += sample * sample;
  }
  const rms = samples.length === 0 ? 0 : Math.sqrt(energy / samples.length);
  return { rms: toDbfs(rms), peak: toDbfs(peak) };
}

function toDbfs(amplitude: number): number {
  return amplitude === 0 ? SILENCE_DBFS : Math.max(SILENCE_DBFS, 20 * Math.log10(amplitude / 32768));
}
