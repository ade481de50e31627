import { argmax } from './log-math.ts';
import type { TokenTable } from './token-table.ts';

/** One row of log-probs, and which of its tokens are worth trying. Reused from step to step. */
export class StepTokens {
  /** The tokens worth trying: the first `count`. */
  readonly tokens: Int32Array;
  count = 0;
  /** Log-prob of the most probable token, the blank included. */
  best = 0;
  /** Log-probs of `tokens`. */
  readonly logProbs: Float64Array;
  /** By token: its log-prob, -Infinity for one that is not worth trying and for the blank. */
  readonly tried: Float64Array;
  readonly #blank: number;
  readonly #minLogProb: number;
  #source: Float32Array = new Float32Array(0);
  #offset = 0;
  #floor = 0;

  /** @param minLogProb tokens below it are not tried, unless there is nothing more probable */
  constructor({ size, blank }: TokenTable, minLogProb: number) {
    this.tokens = new Int32Array(size);
    this.logProbs = new Float64Array(size);
    this.tried = new Float64Array(size);
    this.#blank = blank;
    this.#minLogProb = minLogProb;
  }

  /** Takes the row that begins at `offset`; it is looked at, not copied. */
  read(logProbs: Float32Array, offset: number): void {
    const size = this.tokens.length;
    this.best = logProbs[offset + argmax(logProbs, offset, size)]!;
    const floor = Math.min(this.best, this.#minLogProb);
    let count = 0;
    this.tried.fill(Number.NEGATIVE_INFINITY);
    for (let token = 0; token < size; token += 1) {
      if (logProbs[offset + token]! < floor || token === this.#blank) continue;
      this.tokens[count] = token;
      this.logProbs[count] = logProbs[offset + token]!;
      this.tried[token] = logProbs[offset + token]!;
      count += 1;
    }
    this.#source = logProbs;
    this.#offset = offset;
    this.#floor = floor;
    this.count = count;
  }

  get logBlank(): number {
    return this.#source[this.#offset + this.#blank]!;
  }

  /** -Infinity for a token that is not worth trying. */
  logProb(token: number): number {
    const logProb = this.#source[this.#offset + token]!;
    return logProb >= this.#floor ? logProb : Number.NEGATIVE_INFINITY;
  }
}
