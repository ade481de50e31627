import { floatToInt16, joined } from './pcm.ts';
import { createResampler, type Resampler } from './resampler.ts';
import { SampleDecoder } from './sample-decoder.ts';
import { checkPcmFormat, type PcmFormat } from './sample-format.ts';
import { isWav, type WavHeader, WavHeaderReader } from './wav-header.ts';

/** Hz of everything behind the capture stage unless the model says otherwise. */
export const DEFAULT_SAMPLE_RATE = 16000;

const NO_SAMPLES = new Int16Array(0);
const NO_BYTES = new Uint8Array(0);
const SNIFF_BYTES = 12;

/** The chain from bytes to samples of one format, with what it carries from chunk to chunk. */
interface Chain {
  readonly samples: SampleDecoder;
  readonly resampler: Resampler;
}

/**
 * Turns a stream of PCM bytes, in chunks of any length, into mono samples in the int16 range at one rate. Bytes
 * that a chunk border cuts off are carried over, channels are averaged, other rates are resampled. A WAV header
 * at the very start is skipped and what it says is taken instead of the stated format; what follows the samples
 * in a WAV stream (its header says how many) is left out. 16-bit mono at the wanted rate comes out untouched.
 */
export class PcmDecoder {
  /** Hz of the samples that come out. */
  readonly sampleRate: number;
  #format: PcmFormat;
  #state: 'sniffing' | 'header' | 'samples' | 'ended' = 'sniffing';
  /** The first bytes, until they tell whether they start a WAV header. */
  #head = new Uint8Array(0);
  readonly #headerReader = new WavHeaderReader();
  #dataBytesLeft = Number.POSITIVE_INFINITY;
  #chain: Chain | null = null;
  #leftOut: Uint8Array = NO_BYTES;

  /** Throws `AUDIO_FORMAT_UNSUPPORTED` when a value of `format` is out of range. `sampleRate`: Hz of the result. */
  constructor(format: PcmFormat, sampleRate: number = DEFAULT_SAMPLE_RATE) {
    this.#format = checkPcmFormat(format);
    this.sampleRate = sampleRate;
  }

  /** The format in force: the stated one, or from the end of a WAV header on the one it states. */
  get format(): PcmFormat {
    return this.#format;
  }

  /** What the WAV header said; null before its end, and for streams without. */
  get wavHeader(): WavHeader | null {
    return this.#headerReader.header;
  }

  /** What the last call of `accept` left out, being behind the samples of a WAV stream; valid until the next. */
  get leftOut(): Uint8Array {
    return this.#leftOut;
  }

  /** Forgets what has come of a sample whose rest has not: the next byte begins one. */
  realign(): void {
    this.#chain?.samples.realign();
  }

  /** Returns a new array (possibly empty) that belongs to the caller. Throws `AUDIO_FORMAT_UNSUPPORTED`. */
  accept(bytes: Uint8Array): Int16Array {
    let rest = bytes;
    this.#leftOut = NO_BYTES;
    if (this.#state === 'sniffing') rest = this.#sniff(rest);
    if (this.#state === 'header') rest = this.#readHeader(rest);
    return this.#state === 'samples' ? this.#decode(rest) : NO_SAMPLES;
  }

  /** The last samples, still held by the resampler. Call it once, at the end of the stream. */
  finish(): Int16Array {
    const held = this.#state === 'sniffing' ? this.#decode(this.#head) : NO_SAMPLES;
    const tail = floatToInt16(this.#chain?.resampler.finish() ?? new Float32Array(0));
    this.close();
    return held.length === 0 ? tail : joined(held, tail);
  }

  /** Frees the resampler. Safe to call twice; afterwards nothing comes out. */
  close(): void {
    this.#state = 'ended';
    this.#chain?.resampler.close();
  }

  /** Returns the bytes to go on with once the state is decided; none before. */
  #sniff(bytes: Uint8Array): Uint8Array {
    const start = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const wav = isWav(start);
    if (wav === 'unknown') {
      this.#head = Uint8Array.from(start.subarray(0, SNIFF_BYTES));
      return new Uint8Array(0);
    }
    this.#state = wav ? 'header' : 'samples';
    return start;
  }

  #readHeader(bytes: Uint8Array): Uint8Array {
    const used = this.#headerReader.accept(bytes);
    const header = this.#headerReader.header;
    if (header !== null) {
      this.#format = header.format;
      this.#dataBytesLeft = header.dataBytes ?? Number.POSITIVE_INFINITY;
      this.#state = 'samples';
    }
    return bytes.subarray(used);
  }

  #decode(bytes: Uint8Array): Int16Array {
    const own = bytes.length > this.#dataBytesLeft ? bytes.subarray(0, this.#dataBytesLeft) : bytes;
    this.#dataBytesLeft -= own.length;
    this.#leftOut = bytes.subarray(own.length);
    this.#chain ??= {
      samples: new SampleDecoder(this.#format),
      resampler: createResampler(this.#format.sampleRate, this.sampleRate),
    };
    return floatToInt16(this.#chain.resampler.process(this.#chain.samples.accept(own)));
  }
}
