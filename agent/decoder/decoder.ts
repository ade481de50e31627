import type { SlotValue } from './command-graph.ts';

/** A word of a hypothesis. Steps count from the last `reset`. */
export interface HypothesisWord {
  readonly text: string;
  /** Step at which its first token is most probable. */
  readonly startStep: number;
  /** Step at which its last token is most probable; not before `startStep`. */
  readonly endStep: number;
  /** 0 to 1 */
  readonly confidence: number;
}

/** A slot that was filled. */
export interface CommandSlot {
  readonly name: string;
  readonly value: SlotValue;
  /** Its words: index of the first, and of the one behind the last; equal for a slot that is not spoken. */
  readonly firstWord: number;
  readonly endWord: number;
}

/** What a sentence of a grammar means. */
export interface RecognizedCommand {
  readonly intent: string;
  /** Name of the grammar that the sentence is from. */
  readonly grammar: string;
  readonly slots: readonly CommandSlot[];
}

/** Why what was said is no command: it sounds like none, or like the begin of one. */
export interface RefusedCommand {
  readonly refusal: 'unlikely' | 'incomplete';
}

/** What may have been said since the last `reset`. */
export interface Hypothesis {
  readonly words: readonly HypothesisWord[];
  /** Of all words together, 0 to 1; 0 when there are none. */
  readonly confidence: number;
  /** Natural-log score, language model included. */
  readonly score: number;
  /** At the end of what a search for commands has heard: what was understood; not there when nothing was said. */
  readonly command?: RecognizedCommand | RefusedCommand;
  /** Step at which speech begins, from searches that hear speech also where they find no words. */
  readonly firstSoundStep?: number;
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
   * How many leading words of `best()` can not change whatever comes: every hypothesis still alive shares them, and
   * none can make them longer. Never shrinks between two resets. The last word of a segment therefore becomes
   * stable with the next word or with the end.
   */
  stableWords(): number;
  /** Steps since the last token of the best hypothesis, for endpointing. */
  trailingBlankSteps(): number;
  /**
   * Changes whenever the words of `best()` or `stableWords()` change, so that a caller who looks after every
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
