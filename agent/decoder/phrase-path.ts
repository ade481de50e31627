const IMPOSSIBLE = Number.NEGATIVE_INFINITY;

/**
 * One way to say a phrase, looked for everywhere in a stream at once: the best alignment that ends with the present
 * step, wherever it began. It is the keyword-filler model in the topology of CTC: what is not the phrase is the filler,
 * which takes whatever comes and costs nothing, so that the score of the phrase is its own log-probability. Two states
 * a token: the token, and the blank that may follow it; the same token twice needs a blank between.
 */
export class PhrasePath {
  readonly #tokens: readonly number[];
  readonly #blank: number;
  /** `[token 0, blank 0, token 1, …]` */
  readonly #score: Float64Array;

  constructor(tokens: readonly number[], blank: number) {
    this.#tokens = tokens;
    this.#blank = blank;
    this.#score = new Float64Array(2 * tokens.length).fill(IMPOSSIBLE);
  }

  /** Forgets what was heard. */
  clear(): void {
    this.#score.fill(IMPOSSIBLE);
  }

  /**
   * Takes a row of natural-log probabilities.
   * @param entry natural log, at most 0: what it costs to begin here
   * @returns log-probability of the phrase, ending here, per token
   */
  accept(logProbs: Float32Array, row: number, entry: number): number {
    const score = this.#score;
    const blank = logProbs[row + this.#blank]!;
    // from the last state to the first, so that each still finds what the states before it were a step ago
    for (let i = this.#tokens.length - 1; i >= 0; i -= 1) {
      const token = this.#tokens[i]!;
      const stay = score[2 * i]!;
      score[2 * i + 1] = Math.max(score[2 * i + 1]!, stay) + blank;
      score[2 * i] = Math.max(stay, i === 0 ? entry : this.#before(i)) + logProbs[row + token]!;
    }
    return score[score.length - 2]! / this.#tokens.length;
  }

  /** Best score from which token `i`, not the first, may begin. */
  #before(i: number): number {
    const afterBlank = this.#score[2 * i - 1]!;
    if (this.#tokens[i] === this.#tokens[i - 1]) return afterBlank;
    return Math.max(afterBlank, this.#score[2 * i - 2]!);
  }
}
