import { AgentError } from '../errors.ts';

/** How one sample is written. `le`: little endian; A-law and mu-law as in ITU-T G.711. */
export type SampleEncoding = 'u8' | 's16le' | 's24le' | 's32le' | 'f32le' | 'f64le' | 'alaw' | 'mulaw';

/** Hz */
export const LEAST_SAMPLE_RATE = 4000;
export const MOST_SAMPLE_RATE = 384000;

/** How interleaved PCM is written. */
export interface PcmFormat {
  readonly encoding: SampleEncoding;
  /** Hz, an integer from `LEAST_SAMPLE_RATE` to `MOST_SAMPLE_RATE` */
  readonly sampleRate: number;
  /** Interleaved channels, 1 to 32 */
  readonly channels: number;
}

/** Reads one sample at a byte offset as a number in [-1, 1] (floats may lie outside). */
export type SampleReader = (view: DataView, offset: number) => number;

interface EncodingFacts {
  readonly bytes: number;
  readonly read: SampleReader;
}

const ENCODINGS: Readonly<Record<SampleEncoding, EncodingFacts>> = {
  u8: { bytes: 1, read: (view, offset) => (view.getUint8(offset) - 128) / 128 },
  s16le: { bytes: 2, read: (view, offset) => view.getInt16(offset, true) / 32768 },
  s24le: { bytes: 3, read: readInt24 },
  s32le: { bytes: 4, read: (view, offset) => view.getInt32(offset, true) / 2147483648 },
  f32le: { bytes: 4, read: (view, offset) => finite(view.getFloat32(offset, true)) },
  f64le: { bytes: 8, read: (view, offset) => finite(view.getFloat64(offset, true)) },
  alaw: { bytes: 1, read: (view, offset) => expandALaw(view.getUint8(offset)) / 32768 },
  mulaw: { bytes: 1, read: (view, offset) => expandMuLaw(view.getUint8(offset)) / 32768 },
};

export function bytesPerSample(encoding: SampleEncoding): number {
  return ENCODINGS[encoding].bytes;
}

export function sampleReader(encoding: SampleEncoding): SampleReader {
  return ENCODINGS[encoding].read;
}

/** Seconds that `bytes` of `format` last. */
export function durationOf(bytes: number, format: PcmFormat): number {
  return bytes / (bytesPerSample(format.encoding) * format.channels * format.sampleRate);
}

/** Throws `AUDIO_FORMAT_UNSUPPORTED` when a value of `format` is out of range; returns it otherwise. */
export function checkPcmFormat<Format extends Omit<PcmFormat, 'encoding'>>(format: Format): Format {
  requireRange('sample rate', format.sampleRate, LEAST_SAMPLE_RATE, MOST_SAMPLE_RATE);
  requireRange('number of channels', format.channels, 1, 32);
  return format;
}

/** Whether the error says that a format is out of the range that is taken, however its samples are written. */
export function isOutOfRange(error: unknown): boolean {
  return error instanceof AgentError && error.fields['outOfRange'] === true;
}

function requireRange(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const expected = `an integer from ${least} to ${most}`;
  throw new AgentError('AUDIO_FORMAT_UNSUPPORTED', `Expected the ${what} to be ${expected}, got ${value}.`, {
    fields: { outOfRange: true },
  });
}

function readInt24(view: DataView, offset: number): number {
  return (view.getInt16(offset + 1, true) * 256 + view.getUint8(offset)) / 8388608;
}

/** Far below what 16 bits tell from silence, and far above the numbers that make a filter a hundred times as slow (denormal ones). */
const SMALLEST = 1e-20;
/** Far beyond full scale, and what a filter still computes with. */
const LARGEST = 1e6;

// One NaN or infinity would spread over the whole length of the resampler's filter.
function finite(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) < SMALLEST) return 0;
  return Math.max(-LARGEST, Math.min(LARGEST, value));
}

// ITU-T G.711, tables 1a and 1b, scaled to 16 bits.
function expandALaw(byte: number): number {
  const value = byte ^ 0x55;
  const exponent = (value >> 4) & 7;
  const mantissa = ((value & 15) << 4) + (exponent === 0 ? 8 : 0x108);
  const magnitude = exponent > 1 ? mantissa << (exponent - 1) : mantissa;
  return (value & 0x80) === 0 ? -magnitude : magnitude;
}

// ITU-T G.711, tables 2a and 2b, scaled to 16 bits.
function expandMuLaw(byte: number): number {
  const value = ~byte & 0xff;
  const magnitude = ((((value & 15) << 3) + 0x84) << ((value >> 4) & 7)) - 0x84;
  return (value & 0x80) === 0 ? magnitude : -magnitude;
}
