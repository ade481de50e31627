import { Framer } from './framer.ts';
import type { FrontendParams } from './frontend-params.ts';
import { Mfcc } from './mfcc.ts';

const INITIAL_ROWS = 64;

/**
 * Samples in, feature vectors out, for one stream. Row `i` describes samples `[i·hop, i·hop + bufferSize)`.
 * Rows wait in a buffer that grows with what `accept` is given and is otherwise reused.
 */
export class FeatureExtractor {
  /** Length of a feature vector. */
  readonly dim: number;
  readonly #framer: Framer;
  readonly #mfcc: Mfcc;
  readonly #onWindow: (window: Float32Array) => void;
  /** Rows `[#head, #tail)` of `[rows, dim]` are waiting. */
  #rows: Float32Array;
  #head = 0;
  #tail = 0;

  constructor(params: FrontendParams) {
    this.dim = params.coefficients;
    this.#framer = new Framer(params.bufferSize, params.hop);
    this.#mfcc = sharedMfcc(params);
    this.#rows = new Float32Array(INITIAL_ROWS * this.dim);
    this.#onWindow = (window) => this.#push(window);
  }

  get framesReady(): number {
    return this.#tail - this.#head;
  }

  /** Takes mono samples at the front end's rate, any number at a time. */
  accept(samples: Int16Array): void {
    this.#framer.accept(samples, this.#onWindow);
  }

  /**
   * Moves the `frames` oldest rows to `target` at `offset` (in elements), row-major `[frames, dim]`.
   * @throws RangeError when fewer rows are ready
   */
  read(target: Float32Array, offset: number, frames: number): void {
    if (frames > this.framesReady) {
      throw new RangeError(`${frames} frames were asked for, ${this.framesReady} are ready`);
    }
    target.set(this.#rows.subarray(this.#head * this.dim, (this.#head + frames) * this.dim), offset);
    this.#head += frames;
    if (this.#head === this.#tail) this.#head = this.#tail = 0;
  }

  /** Forgets waiting rows and the samples of an unfinished window. */
  reset(): void {
    this.#framer.reset();
    this.#head = this.#tail = 0;
  }

  #push(window: Float32Array): void {
    if ((this.#tail + 1) * this.dim > this.#rows.length) this.#makeRoom();
    this.#mfcc.compute(window, this.#rows, this.#tail * this.dim);
    this.#tail++;
  }

  #makeRoom(): void {
    const waiting = this.#rows.subarray(this.#head * this.dim, this.#tail * this.dim);
    const target =
      waiting.length * 2 > this.#rows.length ? new Float32Array(this.#rows.length * 2) : this.#rows;
    target.set(waiting);
    this.#rows = target;
    this.#tail -= this.#head;
    this.#head = 0;
  }
}

const shared = new Map<string, Mfcc>();

/** `Mfcc` keeps nothing from one window to the next, so all streams of a thread use one. */
function sharedMfcc(params: FrontendParams): Mfcc {
  const key = JSON.stringify(params);
  let mfcc = shared.get(key);
  if (!mfcc) {
    mfcc = new Mfcc(params);
    shared.set(key, mfcc);
  }
  return mfcc;
}
