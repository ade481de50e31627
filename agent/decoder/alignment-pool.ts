import { doubled } from './typed-array.ts';

const INITIAL_CAPACITY = 256;

/**
 * When each token of a prefix was emitted, along the prefix's best single alignment: a linked list from the last
 * token back, in pooled typed arrays. Prefixes share the lists of what they have in common; a list lives as long
 * as something refers to it.
 *
 * A trie node can not hold these times itself: prefixes that share a token may align it differently, and a later
 * repeat of the token, possible for one of them, lies after the next token of another.
 */
export class AlignmentPool {
  /** The alignment of no tokens. */
  static readonly EMPTY = -1;

  /** Alignment of the tokens before the last. */
  previous = new Int32Array(INITIAL_CAPACITY);
  /** Step of the last token's highest posterior. */
  step = new Int32Array(INITIAL_CAPACITY);
  /** Natural log of that posterior. */
  logPosterior = new Float64Array(INITIAL_CAPACITY);
  #references = new Int32Array(INITIAL_CAPACITY);
  /** Head of the list of free entries, linked through `previous`. */
  #free = AlignmentPool.EMPTY;
  #used = 0;

  /** Forgets everything; keeps the memory. */
  clear(): void {
    this.#free = AlignmentPool.EMPTY;
    this.#used = 0;
  }

  /** Entries in use, for the test that none leaks. */
  get size(): number {
    let free = 0;
    for (let at = this.#free; at !== AlignmentPool.EMPTY; at = this.previous[at]!) free += 1;
    return this.#used - free;
  }

  /** A new alignment, referred to once: `previous` and a token at `step`. */
  add(previous: number, step: number, logPosterior: number): number {
    const at = this.#take();
    this.previous[at] = previous;
    this.step[at] = step;
    this.logPosterior[at] = logPosterior;
    this.#references[at] = 1;
    if (previous !== AlignmentPool.EMPTY) this.#references[previous]! += 1;
    return at;
  }

  /** Refers to `alignment` once more, and returns it. */
  retain(alignment: number): number {
    if (alignment !== AlignmentPool.EMPTY) this.#references[alignment]! += 1;
    return alignment;
  }

  /** Refers to `alignment` once less. */
  release(alignment: number): void {
    let at = alignment;
    while (at !== AlignmentPool.EMPTY) {
      const left = this.#references[at]! - 1;
      this.#references[at] = left;
      if (left > 0) return;
      const previous = this.previous[at]!;
      this.previous[at] = this.#free;
      this.#free = at;
      at = previous;
    }
  }

  /** Steps and posteriors (0 to 1) of the `length` tokens of `alignment`, first token first. */
  read(alignment: number, length: number): { steps: number[]; posteriors: number[] } {
    const steps = new Array<number>(length);
    const posteriors = new Array<number>(length);
    for (let i = length - 1, at = alignment; i >= 0; i -= 1, at = this.previous[at]!) {
      steps[i] = this.step[at]!;
      posteriors[i] = Math.exp(this.logPosterior[at]!);
    }
    return { steps, posteriors };
  }

  #take(): number {
    if (this.#free !== AlignmentPool.EMPTY) {
      const at = this.#free;
      this.#free = this.previous[at]!;
      return at;
    }
    if (this.#used === this.step.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #grow(): void {
    this.previous = doubled(this.previous);
    this.step = doubled(this.step);
    this.logPosterior = doubled(this.logPosterior);
    this.#references = doubled(this.#references);
  }
}
