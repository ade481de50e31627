import loadSpeex, { type SpeexModule } from '@echogarden/speex-resampler-wasm';
import { AgentError } from '../errors.ts';

/**
 * Changes the sample rate of a mono stream. Any split of the same input into calls gives the same output, and
 * output sample k lies at the time k / outputRate of the input: there is no delay to account for.
 */
export interface Resampler {
  /** The result is a view that stays valid until the next call. */
  process(input: Float32Array): Float32Array;
  /** The samples still inside the filter; call it once, at the end. In all ceil(n · out / in) come out. */
  finish(): Float32Array;
  /** Frees the filter. Safe to call twice; afterwards nothing comes out. */
  close(): void;
}

/**
 * speexdsp's windowed-sinc quality: 8 of 10. Its alias rejection lies below the noise of 16-bit audio (see
 * `scripts/measure-resampler.ts`), and it takes half the time of 10.
 */
const QUALITY = 8;
const BLOCK_SAMPLES = 4096;
const EMPTY = new Float32Array(0);

// 28 kB, compiled once at import, so that a session's start message is answered without waiting.
const speex = await loadSpeex();

/** Rates in Hz. Equal rates give a resampler that returns its input untouched. */
export function createResampler(inputRate: number, outputRate: number): Resampler {
  return inputRate === outputRate ? PASS_THROUGH : new SpeexResampler(speex, inputRate, outputRate);
}

const PASS_THROUGH: Resampler = { process: (input) => input, finish: () => EMPTY, close: () => {} };

class SpeexResampler implements Resampler {
  readonly #speex: SpeexModule;
  readonly #ratio: number;
  readonly #outputCapacity: number;
  readonly #state: number;
  /** One allocation: two 32-bit lengths, the input block, the output block. */
  readonly #memory: number;
  #output = EMPTY;
  #consumed = 0;
  #produced = 0;
  #closed = false;

  constructor(module: SpeexModule, inputRate: number, outputRate: number) {
    this.#speex = module;
    this.#ratio = outputRate / inputRate;
    this.#outputCapacity = Math.ceil(BLOCK_SAMPLES * this.#ratio) + 1;
    this.#memory = module._malloc(8 + 4 * (BLOCK_SAMPLES + this.#outputCapacity));
    this.#state =
      this.#memory === 0 ? 0 : module._speex_resampler_init(1, inputRate, outputRate, QUALITY, this.#memory);
    if (this.#state === 0) throw new AgentError('INTERNAL', 'There is no memory for another resampler.');
    module._speex_resampler_skip_zeros(this.#state);
  }

  process(input: Float32Array): Float32Array {
    if (this.#closed) return EMPTY;
    this.#reserve(input.length);
    let written = 0;
    for (let start = 0; start < input.length; start += BLOCK_SAMPLES) {
      const block = input.subarray(start, start + BLOCK_SAMPLES);
      written += this.#processBlock(block, written);
    }
    this.#consumed += input.length;
    this.#produced += written;
    return this.#output.subarray(0, written);
  }

  finish(): Float32Array {
    if (this.#closed) return EMPTY;
    const missing = Math.ceil(this.#consumed * this.#ratio - 1e-9) - this.#produced;
    if (missing <= 0) return EMPTY;
    const delay = this.#speex._speex_resampler_get_input_latency(this.#state);
    const silence = new Float32Array(delay + Math.ceil((missing + 1) / this.#ratio));
    return this.process(silence).subarray(0, missing);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#speex._speex_resampler_destroy(this.#state);
    this.#speex._free(this.#memory);
  }

  #reserve(inputSamples: number): void {
    const blocks = Math.ceil(inputSamples / BLOCK_SAMPLES);
    const most = Math.ceil(inputSamples * this.#ratio) + blocks;
    if (this.#output.length < most) this.#output = new Float32Array(most);
  }

  #processBlock(block: Float32Array, at: number): number {
    const { HEAPF32, HEAPU32 } = this.#speex;
    const lengths = this.#memory >> 2;
    const input = this.#memory + 8;
    const output = input + 4 * BLOCK_SAMPLES;
    HEAPF32.set(block, input >> 2);
    HEAPU32[lengths] = block.length;
    HEAPU32[lengths + 1] = this.#outputCapacity;
    this.#speex._speex_resampler_process_float(this.#state, 0, input, this.#memory, output, this.#memory + 4);
    const count = HEAPU32[lengths + 1]!;
    this.#output.set(HEAPF32.subarray(output >> 2, (output >> 2) + count), at);
    return count;
  }
}
