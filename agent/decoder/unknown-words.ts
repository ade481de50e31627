import type { HypothesisWord } from './decoder.ts';
import type { LetterRows } from './letter-rows.ts';
import type { Lexicon } from './lexicon.ts';
import { spellWords } from './spelled-words.ts';
import type { TokenTable } from './token-table.ts';

/** The letters of a word may begin and end so many steps before and after its phonemes. */
const SLACK_STEPS = 4;
/** How far around a word its letters are looked for: the mark before it may come long before its first letter. */
const WINDOW_STEPS = 16;
/** What is shorter is more often a slip than a word. */
const LEAST_LETTERS = 4;

export interface UnknownWordOptions {
  /** Words with less confidence are doubted, 0 to 1. */
  readonly maxConfidence: number;
  /** So probable the most probable token of each step must be from the first letter to the last, 0 to 1. */
  readonly minLetterProbability: number;
}

/** What is told in place of a word. */
export type SpelledWord = Pick<HypothesisWord, 'text' | 'confidence'>;

/** A word as its letters are heard, and the steps at which the first and the last of them begin. */
interface Spelled {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Words that the lexicon lacks: where the search is unsure of a word and the letters are sure of another one which the lexicon
 * does not have, it is what the letters spell, read by the most probable token of each step (Graves et al. 2006,
 * "Connectionist temporal classification", section 3.2, best path decoding).
 */
export class UnknownWords {
  readonly #letters: LetterRows;
  readonly #tokens: TokenTable;
  readonly #lexicon: Lexicon;
  readonly #options: UnknownWordOptions;

  /** @param tokens of the head that spells, whose rows are `letters` */
  constructor(letters: LetterRows, tokens: TokenTable, lexicon: Lexicon, options: UnknownWordOptions) {
    this.#letters = letters;
    this.#tokens = tokens;
    this.#lexicon = lexicon;
    this.#options = options;
  }

  /**
   * What the letters spell in place of a word of the search, as sure as the least of them; null: nothing that the lexicon
   * lacks, or the word is sure.
   */
  spell({ startStep, endStep, confidence }: HypothesisWord): SpelledWord | null {
    if (confidence >= this.#options.maxConfidence) return null;
    const spelled = this.#between(startStep, endStep);
    if (spelled === undefined) return null;
    const { text } = spelled;
    const probability = this.#leastProbability(spelled);
    if (probability < this.#options.minLetterProbability) return null;
    if (text.length < LEAST_LETTERS || this.#lexicon.lookup(text) >= 0) return null;
    return { text, confidence: probability };
  }

  /** The word whose letters begin and end with the phonemes from step `start` to step `end`. */
  #between(start: number, end: number): Spelled | undefined {
    const { firstStep, steps } = this.#letters;
    const from = Math.max(firstStep, start - WINDOW_STEPS);
    return this.#words(from, Math.min(steps - 1, end + WINDOW_STEPS)).find(
      (word) => Math.abs(word.start - start) <= SLACK_STEPS && Math.abs(word.end - end) <= SLACK_STEPS,
    );
  }

  /** The words that begin behind a mark, or at the first step of all, from step `from` to step `to`. */
  #words(from: number, to: number): Spelled[] {
    const table = this.#tokens;
    const tokens: number[] = [];
    const steps: number[] = [];
    let last = -1;
    for (let step = from; step <= to; step += 1) {
      const token = this.#letters.best(step);
      if (token !== last && token !== table.blank) {
        tokens.push(token);
        steps.push(step);
      }
      last = token;
    }
    return spellWords(tokens, table)
      .filter(({ first }) => from === 0 || first > 0 || table.startsWord(tokens[first]!))
      .map(({ text, first, end }) => ({ text, start: steps[first]!, end: steps[end - 1]! }));
  }

  /** Probability of the most probable token in the step of a word where that is least. */
  #leastProbability({ start, end }: Spelled): number {
    const letters = this.#letters;
    let least = 1;
    for (let step = start; step <= end; step += 1) {
      least = Math.min(least, letters.probability(step, letters.best(step)));
    }
    return least;
  }
}
