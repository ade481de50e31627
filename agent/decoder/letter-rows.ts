import { argmax } from './log-math.ts';

/** The last rows of the head that spells, as probabilities, in a ring of fixed memory. */
export class LetterRows {
  /** Steps that are remembered. */
  readonly reach: number;
  /** `[reach, width]`; the row of a step begins at `at(step)`. */
  readonly probabilities: Float32Array;
  /** Steps since the last `clear`. */
  steps = 0;
  readonly #width: number;

  /**
   * @param width tokens of the head, the blank included
   * @param reach a power of two
   */
  constructor(width: number, reach: number) {
    this.reach = reach;
    this.probabilities = new Float32Array(reach * width);
    this.#width = width;
  }

  clear(): void {
    this.steps = 0;
  }

  /** Takes the row of natural-log probabilities that begins at `offset`. */
  accept(logProbs: Float32Array, offset: number): void {
    const row = this.at(this.steps);
    for (let token = 0; token < this.#width; token += 1) {
      this.probabilities[row + token] = Math.exp(logProbs[offset + token]!);
    }
    this.steps += 1;
  }

  /** The most probable token of a step. */
  best(step: number): number {
    return argmax(this.probabilities, this.at(step), this.#width);
  }

  probability(step: number, token: number): number {
    return this.probabilities[this.at(step) + token]!;
  }

  /** The first step whose row is still there. */
  get firstStep(): number {
    return Math.max(0, this.steps - this.reach);
  }

  /** Where the row of a step begins. */
  at(step: number): number {
    return (step & (this.reach - 1)) * this.#width;
  }
}
