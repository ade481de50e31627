import type { Decoder } from './decoder.ts';
import { argmax } from './log-math.ts';
import { completeWords, type SpelledHypothesis, spellHypothesis } from './spelled-words.ts';
import type { TokenTable } from './token-table.ts';
import { doubled } from './typed-array.ts';

const INITIAL_CAPACITY = 256;

/**
 * Best-path CTC decoding: the most probable token of every step, repeats merged, blanks dropped (Graves et al.
 * 2006, "Connectionist Temporal Classification", section 3.2). An emitted token never changes, so all of them
 * are stable; only the step and posterior of the last one may still move to a later step of the same run.
 */
export class CtcGreedy implements Decoder {
  readonly #table: TokenTable;
  readonly #blank: number;
  readonly #width: number;
  #tokens = new Int32Array(INITIAL_CAPACITY);
  #steps = new Int32Array(INITIAL_CAPACITY);
  #logPosteriors = new Float64Array(INITIAL_CAPACITY);
  #length = 0;
  #step = 0;
  #previous: number;
  #trailingBlanks = 0;
  #score = 0;
  #revision = 0;

  constructor(tokens: TokenTable) {
    this.#table = tokens;
    this.#blank = tokens.blank;
    this.#width = tokens.size;
    this.#previous = tokens.blank;
  }

  accept(logProbs: Float32Array, steps: number, offset = 0): void {
    for (let i = 0; i < steps; i += 1) {
      const row = offset + i * this.#width;
      const token = argmax(logProbs, row, this.#width);
      this.#emit(token, logProbs[row + token]!);
    }
  }

  best(): SpelledHypothesis {
    const length = this.#length;
    const sequence = {
      tokens: Array.from(this.#tokens.subarray(0, length)),
      steps: Array.from(this.#steps.subarray(0, length)),
      posteriors: Array.from(this.#logPosteriors.subarray(0, length), Math.exp),
      score: this.#score,
    };
    return spellHypothesis(sequence, this.#table);
  }

  nBest(n: number): readonly SpelledHypothesis[] {
    return n > 0 ? [this.best()] : [];
  }

  /** Number of leading tokens of `best()` that can not change: all of them. */
  stableTokens(): number {
    return this.#length;
  }

  stableWords(): number {
    return completeWords(Array.from(this.#tokens.subarray(0, this.#length)), this.#length, this.#table);
  }

  trailingBlankSteps(): number {
    return this.#trailingBlanks;
  }

  get revision(): number {
    return this.#revision;
  }

  end(): void {
    // the best path is complete after every step
  }

  reset(): void {
    this.#length = 0;
    this.#step = 0;
    this.#previous = this.#blank;
    this.#trailingBlanks = 0;
    this.#score = 0;
    this.#revision += 1;
  }

  #emit(token: number, logProb: number): void {
    const isRepeat = token === this.#previous;
    this.#trailingBlanks = token === this.#blank ? this.#trailingBlanks + 1 : 0;
    if (token !== this.#blank) {
      if (!isRepeat) this.#append(token);
      if (!isRepeat || logProb > this.#logPosteriors[this.#length - 1]!) {
        this.#steps[this.#length - 1] = this.#step;
        this.#logPosteriors[this.#length - 1] = logProb;
      }
    }
    this.#previous = token;
    this.#score += logProb;
    this.#step += 1;
  }

  #append(token: number): void {
    if (this.#length === this.#tokens.length) this.#grow();
    this.#tokens[this.#length] = token;
    this.#length += 1;
    this.#revision += 1;
  }

  #grow(): void {
    this.#tokens = doubled(this.#tokens);
    this.#steps = doubled(this.#steps);
    this.#logPosteriors = doubled(this.#logPosteriors);
  }
}
