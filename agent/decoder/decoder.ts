/** A token sequence that the search considers, with the step at which each token was first emitted. */
export interface Hypothesis {
  /** Token ids without blanks and repeats. */
  readonly tokens: readonly number[];
  /** Step index (counted from the last `reset`) of each token's highest posterior; same length as `tokens`. */
  readonly steps: readonly number[];
  /** Posterior (0 to 1) of each token at that step; same length as `tokens`. */
  readonly posteriors: readonly number[];
  /** Natural-log score of the whole hypothesis, language model included. */
  readonly score: number;
}

/** The search over one stream's log-probabilities. Pure: no I/O, no clock. */
export interface Decoder {
  /**
   * Consumes `steps` rows of `logProbs` (row-major `[steps, tokens]`, natural log, normalised), reading from
   * `offset` (in elements).
   */
  accept(logProbs: Float32Array, steps: number, offset?: number): void;
  /** The best hypothesis since the last reset. */
  best(): Hypothesis;
  /** The `n` best, best first. */
  nBest(n: number): readonly Hypothesis[];
  /**
   * How many leading tokens of `best()` can not change whatever comes: the longest prefix that every
   * hypothesis still alive shares. Never shrinks between two resets.
   */
  stableTokens(): number;
  /** Steps since the last token of the best hypothesis, for endpointing. */
  trailingBlankSteps(): number;
  /**
   * Changes whenever the tokens of `best()` or `stableTokens()` change, so that a caller who looks after every
   * step need not build the hypothesis to learn that it is the same.
   */
  readonly revision: number;
  /**
   * No more steps: whatever is only known at the end (the last word's and the ending's language-model score) is
   * added. Only reading and `reset` may follow.
   */
  end(): void;
  reset(): void;
}

/** A scorer of token or word sequences for shallow fusion. None ships yet: this is its place. */
export interface LanguageModel<State> {
  readonly initial: State;
  /** Natural-log probability of `word` after `state`, and the state that follows. */
  score(state: State, word: string): { readonly logProb: number; readonly next: State };
  /** Natural-log probability of ending after `state`. */
  end(state: State): number;
}
