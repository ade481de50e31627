import { InvalidArgumentError } from 'commander';
import type { PcmFormat } from '../capture/sample-format.ts';

const ENCODINGS: readonly PcmFormat['encoding'][] = [
  ...(['u8', 's16le', 's24le', 's32le', 'f32le', 'f64le', 'alaw', 'mulaw'] as const),
];

/** Parses an option that takes a whole number from `least` on; a wrong one is wrong use of the command. */
export function countParser(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number, ${least} or more.`);
  };
}

/** Parses an option that takes a positive number. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** Collects an option that may be repeated, whatever is in it. */
export function collectTexts(text: string, texts: readonly string[] = []): string[] {
  return [...texts, text];
}

/** Collects an option that may be repeated, or given as a list with commas. */
export function collectNames(text: string, names: readonly string[] = []): string[] {
  return [...names, ...text.split(',').map((name) => name.trim())];
}

/** Parses an option that says how audio without a header is written, as `s16le:16000:1`. */
export function parseRaw(text: string): PcmFormat {
  const [encoding, rate, channels = '1'] = text.split(':');
  const found = ENCODINGS.find((name) => name === encoding);
  const sampleRate = Number(rate);
  const isFormat = found !== undefined && Number.isInteger(sampleRate) && sampleRate >= 4000;
  if (!isFormat || !/^[1-9]\d?$/.test(channels)) {
    throw new InvalidArgumentError(
      'Expected encoding:rate:channels, for example s16le:16000:1 or f32le:48000:2.',
    );
  }
  return { encoding: found, sampleRate, channels: Number(channels) };
}
