import { AgentError } from '../errors.ts';
import { checkPcmFormat, type PcmFormat, type SampleEncoding } from './sample-format.ts';

/** What a WAV header says about the samples that follow it. */
export interface WavHeader {
  readonly format: PcmFormat;
  /** Bytes of samples; null when the writer did not know (0, or the largest size, as programs write into pipes). */
  readonly dataBytes: number | null;
}

const MAGICS = ['RIFF', 'RF64', 'BW64'];
const HEAD_BYTES = 12;
/** Programs that write into a pipe put sizes from here up to 0xFFFFFFFF (SoX: 0x7FFFF000 and above). */
const UNKNOWN_SIZE = 0x7fff0000;
const UINT32_MAX = 0xffffffff;
/** Before the samples there may be a text, a picture or a marker list, but not hours of audio. */
const MOST_HEADER_BYTES = 16 * 2 ** 20;

const ENCODINGS: Readonly<Record<string, SampleEncoding>> = {
  '1/1': 'u8',
  '1/2': 's16le',
  '1/3': 's24le',
  '1/4': 's32le',
  '3/4': 'f32le',
  '3/8': 'f64le',
  '6/1': 'alaw',
  '7/1': 'mulaw',
};
const EXTENSIBLE = 0xfffe;

/** Whether `bytes` start a WAV file; 'unknown' while there are too few to tell. */
export function isWav(bytes: Uint8Array): boolean | 'unknown' {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  const possible = MAGICS.some((magic) => magic.startsWith(head.slice(0, 4)));
  if (!possible || !'WAVE'.startsWith(head.slice(8))) return false;
  return head.length === HEAD_BYTES || 'unknown';
}

/**
 * Reads a WAV header (RIFF, RF64 or BW64; EBU Tech 3306) that comes in pieces, chunk by chunk up to the first
 * sample, in constant memory.
 */
export class WavHeaderReader {
  readonly #parser = parseHeader();
  /** What the parser asks for: first this, as it does itself. */
  #wanted = take(HEAD_BYTES);
  #header: WavHeader | null = null;
  readonly #buffer = Buffer.alloc(64);
  #filled = 0;

  constructor() {
    this.#parser.next(this.#buffer);
  }

  /** Null until the whole header was accepted. */
  get header(): WavHeader | null {
    return this.#header;
  }

  /** Returns how many of `bytes` belong to the header. Throws `AUDIO_FORMAT_UNSUPPORTED`. */
  accept(bytes: Uint8Array): number {
    let used = 0;
    while (this.#header === null && (used < bytes.length || this.#wanted.bytes === 0)) {
      const piece = bytes.subarray(used, used + this.#wanted.bytes - this.#filled);
      if (this.#wanted.keep) this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      used += piece.length;
      if (this.#filled === this.#wanted.bytes) this.#advance();
    }
    return used;
  }

  #advance(): void {
    const { value, done } = this.#parser.next(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
    if (done) this.#header = value;
    else this.#wanted = value;
  }
}

interface Wanted {
  readonly bytes: number;
  readonly keep: boolean;
}

function take(bytes: number): Wanted {
  return { bytes, keep: true };
}

function skip(bytes: number): Wanted {
  return { bytes, keep: false };
}

/** Asks for the bytes it needs, and ends where the samples start. */
function* parseHeader(): Generator<Wanted, WavHeader, Buffer> {
  yield take(HEAD_BYTES);
  let format: PcmFormat | null = null;
  let longSize: number | null = null;
  for (let bytes = HEAD_BYTES; ; ) {
    const head = yield take(8);
    const id = head.toString('latin1', 0, 4);
    const size = head.readUInt32LE(4);
    if (id === 'data') return { format: requireFormat(format), dataBytes: dataBytes(size, longSize) };
    bytes += 8 + size;
    if (bytes > MOST_HEADER_BYTES) {
      throw unsupported(
        `Expected a WAV header of at most ${MOST_HEADER_BYTES} bytes, got one of ${bytes} or more.`,
      );
    }
    const kept = id === 'fmt ' || id === 'ds64' ? Math.min(size, 40) : 0;
    const body = yield take(kept);
    if (id === 'fmt ') format = parseFormat(body);
    if (id === 'ds64') longSize = parseLongSize(body);
    yield skip(size - kept + (size % 2));
  }
}

function dataBytes(size: number, longSize: number | null): number | null {
  if (size === UINT32_MAX && longSize !== null && longSize > 0) return longSize;
  return size === 0 || size >= UNKNOWN_SIZE ? null : size;
}

function requireFormat(format: PcmFormat | null): PcmFormat {
  if (format !== null) return format;
  throw unsupported('Expected a WAV header with a "fmt " chunk before its "data" chunk, got none.');
}

function parseLongSize(body: Buffer): number {
  if (body.length < 16) throw unsupported(`Expected a "ds64" chunk of 28 bytes, got ${body.length}.`);
  return Number(body.readBigUInt64LE(8));
}

function parseFormat(body: Buffer): PcmFormat {
  if (body.length < 16) throw unsupported(`Expected a "fmt " chunk of 16 bytes or more, got ${body.length}.`);
  const tag = body.readUInt16LE(0);
  // WAVE_FORMAT_EXTENSIBLE: the tag proper is the start of the sub-format's GUID.
  const code = tag === EXTENSIBLE && body.length >= 26 ? body.readUInt16LE(24) : tag;
  const channels = body.readUInt16LE(2);
  const shape = checkPcmFormat({ sampleRate: body.readUInt32LE(4), channels });
  const bits = body.readUInt16LE(14);
  // The container decides, not the valid bits: 20 bits in 24 or 24 in 32 are left-justified.
  const blockAlign = body.readUInt16LE(12);
  const bytes = blockAlign > 0 ? blockAlign / channels : Math.ceil(bits / 8);
  const encoding = ENCODINGS[`${code}/${bytes}`];
  if (encoding === undefined) {
    throw unsupported(`Expected WAV samples as PCM or float, got format tag ${code} with ${bits} bits.`);
  }
  return { encoding, ...shape };
}

function unsupported(message: string): AgentError {
  return new AgentError('AUDIO_FORMAT_UNSUPPORTED', message);
}
