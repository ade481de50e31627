import { INITIAL_CAPACITY, LinkedPool } from './linked-pool.ts';
import { doubled } from './typed-array.ts';

/**
 * When each token of a prefix was emitted, along the prefix's best single alignment: a linked list from the last
 * token back, shared by prefixes as far as they have it in common.
 *
 * A trie node can not hold these times itself: prefixes that share a token may align it differently, and a later
 * repeat of the token, possible for one of them, lies after the next token of another.
 */
export class AlignmentPool extends LinkedPool {
  /** Step of the last token's highest posterior. */
  step = new Int32Array(INITIAL_CAPACITY);
  /** Natural log of that posterior. */
  logPosterior = new Float64Array(INITIAL_CAPACITY);

  /** A new alignment, referred to once: `previous` and a token at `step`. */
  add(previous: number, step: number, logPosterior: number): number {
    const at = this.addAfter(previous);
    this.step[at] = step;
    this.logPosterior[at] = logPosterior;
    return at;
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

  protected override growColumns(): void {
    this.step = doubled(this.step);
    this.logPosterior = doubled(this.logPosterior);
  }
}
