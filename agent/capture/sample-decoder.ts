import { bytesPerSample, type PcmFormat, type SampleReader, sampleReader } from './sample-format.ts';

/**
 * Turns interleaved PCM bytes into mono samples in [-1, 1]: channels are averaged, and the bytes of a sample
 * that a chunk border cuts in two are kept for the next call.
 */
export class SampleDecoder {
  readonly #read: SampleReader;
  readonly #channels: number;
  readonly #sampleBytes: number;
  /** The start of a multi-channel sample whose rest has not come yet. */
  readonly #carry: Uint8Array;
  #carried = 0;
  #mono = new Float32Array(0);

  constructor(format: PcmFormat) {
    this.#read = sampleReader(format.encoding);
    this.#channels = format.channels;
    this.#sampleBytes = bytesPerSample(format.encoding);
    this.#carry = new Uint8Array(this.#sampleBytes * format.channels);
  }

  /** The result is a view that stays valid until the next call. */
  accept(bytes: Uint8Array): Float32Array {
    const stride = this.#carry.length;
    const total = Math.floor((this.#carried + bytes.length) / stride);
    if (this.#mono.length < total) this.#mono = new Float32Array(total);
    const completed = this.#carried > 0 ? this.#fillCarry(bytes) : 0;
    const joined = this.#carried === stride ? 1 : 0;
    if (joined === 1) {
      this.#decode(this.#carry, this.#mono.subarray(0, 1));
      this.#carried = 0;
    }
    const rest = bytes.subarray(completed);
    this.#decode(rest, this.#mono.subarray(joined, total));
    this.#fillCarry(rest.subarray((total - joined) * stride));
    return this.#mono.subarray(0, total);
  }

  /** Forgets the start of a sample whose rest has not come. */
  realign(): void {
    this.#carried = 0;
  }

  #fillCarry(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, this.#carry.length - this.#carried);
    this.#carry.set(taken, this.#carried);
    this.#carried += taken.length;
    return taken.length;
  }

  #decode(bytes: Uint8Array, target: Float32Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let offset = 0;
    for (let i = 0; i < target.length; i++) {
      let sum = 0;
      for (let channel = 0; channel < this.#channels; channel++, offset += this.#sampleBytes) {
        sum += this.#read(view, offset);
      }
      target[i] = sum / this.#channels;
    }
  }
}
