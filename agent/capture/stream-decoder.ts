import { AgentError } from '../errors.ts';
import { containerOf, SIGNATURE_BYTES } from './container-signature.ts';
import { joined } from './pcm.ts';
import { PcmDecoder } from './pcm-decoder.ts';
import type { PcmFormat } from './sample-format.ts';

const NO_BYTES = new Uint8Array(0);
const NO_SAMPLES = new Int16Array(0);
const HEAD_BYTES = 8;
/** A file costs a resampler, however short it is: of those shorter than this a stream may have so many. */
const SHORT_FILE_SECONDS = 0.5;
const MOST_SHORT_FILES = 16;
/** What programs write behind the samples of a WAV file. */
const TRAILERS = [
  'LIST',
  'id3 ',
  'ID3 ',
  'JUNK',
  'PAD ',
  'bext',
  'cue ',
  'smpl',
  'fact',
  'iXML',
  '_PMX',
  'afsp',
  'PEAK',
];

/**
 * What a client sends, in chunks of any length, as samples: PCM, or WAV files one behind the other. A client lives for hours,
 * and a WAV header is at times wrong about the length: what follows its samples and is neither another file nor something
 * that belongs to the first is taken as samples of the same format.
 */
export class StreamDecoder {
  readonly #sampleRate: number;
  #decoder: PcmDecoder;
  /** The first bytes of the stream, then those behind the samples of a WAV file, until they tell what they are. */
  #head: Uint8Array = NO_BYTES;
  #state: 'start' | 'samples' | 'behind' = 'start';
  #bytesToSkip = 0;
  /** Samples of the file at hand. */
  #fileSamples = 0;
  #shortFiles = 0;

  /** Throws `AUDIO_FORMAT_UNSUPPORTED` when a value of `format` is out of range. `sampleRate`: Hz of the result. */
  constructor(format: PcmFormat, sampleRate: number) {
    this.#sampleRate = sampleRate;
    this.#decoder = new PcmDecoder(format, sampleRate);
  }

  /** Returns a new array (possibly empty) that belongs to the caller. Throws `AUDIO_FORMAT_UNSUPPORTED`. */
  accept(bytes: Uint8Array): Int16Array {
    if (this.#state === 'start') this.#refuseContainers(bytes);
    let samples: Int16Array = NO_SAMPLES;
    let rest = bytes;
    do {
      if (this.#state === 'behind') rest = this.#passBehind(rest);
      if (this.#state === 'behind') break; // it does not tell yet what comes
      const accepted = this.#decoder.accept(rest);
      this.#fileSamples += accepted.length;
      samples = samples.length === 0 ? accepted : joined(samples, accepted);
      rest = this.#decoder.leftOut;
      if (rest.length > 0) samples = joined(samples, this.#endFile());
    } while (rest.length > 0);
    return samples;
  }

  /** Forgets what has come of a sample whose rest has not: the next byte begins one. */
  realign(): void {
    this.#decoder.realign();
  }

  /** The last samples. Call it once, at the end of the stream. */
  finish(): Int16Array {
    return this.#state === 'behind' ? NO_SAMPLES : this.#decoder.finish();
  }

  /** Safe to call twice. */
  close(): void {
    this.#decoder.close();
  }

  #refuseContainers(bytes: Uint8Array): void {
    this.#head = Buffer.concat([this.#head, bytes.subarray(0, SIGNATURE_BYTES)]);
    const name = containerOf(this.#head);
    if (name !== null) {
      throw new AgentError(
        'AUDIO_FORMAT_UNSUPPORTED',
        `Expected PCM samples or a WAV file, got ${name}: decode it first.`,
      );
    }
    if (this.#head.length >= SIGNATURE_BYTES) this.#state = 'samples';
  }

  /** The samples of a file are all there, and more follows. */
  #endFile(): Int16Array {
    if (this.#fileSamples < SHORT_FILE_SECONDS * this.#sampleRate) this.#shortFiles += 1;
    if (this.#shortFiles > MOST_SHORT_FILES) {
      const most = `at most ${MOST_SHORT_FILES} WAV files of less than ${SHORT_FILE_SECONDS} s in a stream`;
      throw new AgentError('AUDIO_FORMAT_UNSUPPORTED', `Expected ${most}, got more.`);
    }
    this.#fileSamples = 0;
    this.#state = 'behind';
    this.#head = NO_BYTES;
    this.#bytesToSkip = (this.#decoder.wavHeader?.dataBytes ?? 0) % 2;
    return this.#decoder.finish();
  }

  /** Passes over what belongs to the file that has ended; returns the bytes to go on with once something else comes. */
  #passBehind(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    for (;;) {
      const skipped = Math.min(this.#bytesToSkip, rest.length);
      this.#bytesToSkip -= skipped;
      const taken = rest.subarray(skipped, skipped + HEAD_BYTES - this.#head.length);
      const head = Buffer.concat([this.#head, taken]);
      rest = rest.subarray(skipped + taken.length);
      this.#head = head;
      if (head.length < HEAD_BYTES) return NO_BYTES;
      if (!TRAILERS.includes(head.toString('latin1', 0, 4))) return this.#beginFile(rest);
      const size = head.readUInt32LE(4);
      this.#bytesToSkip = size + (size % 2);
      this.#head = NO_BYTES;
    }
  }

  /** A header, or samples that no header has announced. */
  #beginFile(rest: Uint8Array): Uint8Array {
    const start = Buffer.concat([this.#head, rest]);
    this.#head = NO_BYTES;
    this.#state = 'samples';
    this.#decoder = new PcmDecoder(this.#decoder.format, this.#sampleRate);
    return start;
  }
}
