import { createResampler } from '../agent/capture/resampler.ts';

/** How good a sample-rate conversion is. Frequencies count as fractions of the lower rate's Nyquist frequency. */
export interface ResamplerQuality {
  readonly inputRate: number;
  readonly outputRate: number;
  /** Largest difference in gain between two tones below 0.85, in dB. */
  readonly rippleDb: number;
  /** Where the gain falls to half its power. */
  readonly halfPowerEdge: number;
  /** Least distance of what must not be there (aliases above 1.1, or images of tones below 0.9) to the tone, in dB. */
  readonly rejectionDb: number;
  /** Delay of an impulse in milliseconds of stream time; 0 means that times hold. */
  readonly delayMs: number;
  /** Audio that a sample waits for behind it before it comes out, in milliseconds. */
  readonly lookaheadMs: number;
}

/** The conversions that occur: telephone, common synthesizers, CD and its half, and nearly every sound card. */
export const MEASURED_RATES: readonly (readonly [number, number])[] = [
  [8000, 16000],
  [22050, 16000],
  [24000, 16000],
  [44100, 16000],
  [48000, 16000],
];

const AMPLITUDE = 0.5;

export function measureQuality(inputRate: number, outputRate: number): ResamplerQuality {
  const nyquist = Math.min(inputRate, outputRate) / 2;
  const gain = (fraction: number) => toneGainDb(fraction * nyquist, inputRate, outputRate);
  const passBand = range(0.025, 0.85, 34).map(gain);
  const edge = range(0.85, 1, 61).findLast((fraction) => gain(fraction) > -3.01);
  return {
    inputRate,
    outputRate,
    rippleDb: Math.max(...passBand) - Math.min(...passBand),
    halfPowerEdge: edge ?? 0,
    rejectionDb:
      inputRate > outputRate ? aliasRejection(inputRate, outputRate) : imageRejection(inputRate, outputRate),
    delayMs: impulseDelayMs(inputRate, outputRate),
    lookaheadMs: lookaheadMs(inputRate, outputRate),
  };
}

/** Everything that comes out for tones that the output rate can not hold is an alias. */
function aliasRejection(inputRate: number, outputRate: number): number {
  const frequencies = range(0.55 * outputRate, 0.499 * inputRate, 40);
  return Math.min(
    ...frequencies.map((frequency) => -db(rms(resampledTone(frequency, inputRate, outputRate)))),
  );
}

/** A tone at f leaves images around the multiples of the input rate: the first is the strongest. */
function imageRejection(inputRate: number, outputRate: number): number {
  const rejections = range(0.02 * inputRate, 0.45 * inputRate, 40).map((frequency) => {
    const output = resampledTone(frequency, inputRate, outputRate);
    return -db(toneAmplitude(output, inputRate - frequency, outputRate) / Math.SQRT2);
  });
  return Math.min(...rejections);
}

function toneGainDb(frequency: number, inputRate: number, outputRate: number): number {
  const output = resampledTone(frequency, inputRate, outputRate);
  return db(toneAmplitude(output, frequency, outputRate) / Math.SQRT2);
}

/** The middle half of half a second of a tone, away from its ends. */
function resampledTone(frequency: number, inputRate: number, outputRate: number): Float32Array {
  const omega = (2 * Math.PI * frequency) / inputRate;
  const tone = Float32Array.from({ length: inputRate / 2 }, (_, i) => AMPLITUDE * Math.sin(omega * i));
  const output = resample(tone, inputRate, outputRate);
  return output.subarray(output.length / 4, (output.length * 3) / 4);
}

function resample(input: Float32Array, inputRate: number, outputRate: number): Float32Array {
  const resampler = createResampler(inputRate, outputRate);
  const output = Float32Array.from(resampler.process(input));
  resampler.close();
  return output;
}

/** Amplitude at one frequency: a Fourier sum under a Blackman-Harris window (side lobes below -92 dB). */
function toneAmplitude(samples: Float32Array, frequency: number, sampleRate: number): number {
  let cosine = 0;
  let sine = 0;
  let weights = 0;
  for (let i = 0; i < samples.length; i++) {
    const x = (2 * Math.PI * i) / samples.length;
    const weight = 0.35875 - 0.48829 * Math.cos(x) + 0.14128 * Math.cos(2 * x) - 0.01168 * Math.cos(3 * x);
    const phase = (2 * Math.PI * frequency * i) / sampleRate;
    cosine += weight * samples[i]! * Math.cos(phase);
    sine += weight * samples[i]! * Math.sin(phase);
    weights += weight;
  }
  return (2 * Math.hypot(cosine, sine)) / weights;
}

function impulseDelayMs(inputRate: number, outputRate: number): number {
  const input = new Float32Array(inputRate / 2);
  const at = Math.floor(inputRate / 4);
  input[at] = 1;
  const output = resample(input, inputRate, outputRate);
  const peak = output.reduce((best, value, i) => (value > output[best]! ? i : best), 0);
  return (peak / outputRate - at / inputRate) * 1000;
}

function lookaheadMs(inputRate: number, outputRate: number): number {
  const input = new Float32Array(inputRate);
  return (1 - resample(input, inputRate, outputRate).length / outputRate) * 1000;
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
}

/** Decibels relative to the test tone's root mean square. */
function db(value: number): number {
  return 20 * Math.log10(Math.max(value, 1e-12) / (AMPLITUDE * Math.SQRT1_2));
}

function range(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}
