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
  /** Rows before `#head` that `rewind` can still reach. */
  #kept = 0;
  #mostKept = 0;

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

  /** From now on `rewind` reaches the last `frames` rows that were read. */
  keepRead(frames: number): void {
    this.#mostKept = frames;
    this.#kept = Math.min(this.#kept, frames);
  }

  /**
   * Makes the last `frames` rows that were read wait again.
   * @throws RangeError when so many are not kept
   */
  rewind(frames: number): void {
    if (frames > this.#kept) {
      throw new RangeError(`${frames} frames were to be read again, ${this.#kept} are kept`);
    }
    this.#head -= frames;
    this.#kept -= frames;
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
    this.#kept = Math.min(this.#kept + frames, this.#mostKept);
    if (this.#head === this.#tail && this.#kept === 0) this.#head = this.#tail = 0;
  }

  /** Forgets rows and the samples of an unfinished window. */
  reset(): void {
    this.#framer.reset();
    this.#head = this.#tail = this.#kept = 0;
  }

  #push(window: Float32Array): void {
    if ((this.#tail + 1) * this.dim > this.#rows.length) this.#makeRoom();
    this.#mfcc.compute(window, this.#rows, this.#tail * this.dim);
    this.#tail++;
  }

  #makeRoom(): void {
    const first = this.#head - this.#kept;
    const needed = this.#rows.subarray(first * this.dim, this.#tail * this.dim);
    const target =
      needed.length * 2 > this.#rows.length ? new Float32Array(this.#rows.length * 2) : this.#rows;
    target.set(needed);
    this.#rows = target;
    this.#tail -= first;
    this.#head = this.#kept;
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
