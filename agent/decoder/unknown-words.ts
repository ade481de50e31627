import type { HypothesisWord } from './decoder.ts';
import type { LetterRows } from './letter-rows.ts';
import type { Lexicon } from './lexicon.ts';
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

/** What stands between two marks of the letters, in steps at which letters begin. */
interface Spelled {
  text: string;
  start: number;
  end: number;
  /** Of the most probable token in the step where that is least. */
  probability: number;
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
    if (spelled === null || spelled.probability < this.#options.minLetterProbability) return null;
    const { text, probability } = spelled;
    if (text.length < LEAST_LETTERS || this.#lexicon.lookup(text) >= 0) return null;
    return { text, confidence: probability };
  }

  /** The word whose letters begin and end with the phonemes from step `start` to step `end`. */
  #between(start: number, end: number): Spelled | null {
    const { firstStep, steps } = this.#letters;
    const from = Math.max(firstStep, start - WINDOW_STEPS);
    for (const word of this.#words(from, Math.min(steps - 1, end + WINDOW_STEPS))) {
      if (Math.abs(word.start - start) <= SLACK_STEPS && Math.abs(word.end - end) <= SLACK_STEPS) return word;
    }
    return null;
  }

  /** The words that begin behind a mark, or at the first step of all, from step `from` to step `to`. */
  *#words(from: number, to: number): Generator<Spelled> {
    const letters = this.#letters;
    let word: Spelled | null = from === 0 ? nothing() : null;
    let least = 1;
    let last = -1;
    for (let step = from; step <= to; step += 1) {
      const token = letters.best(step);
      least = Math.min(least, letters.probability(step, token));
      if (token === last) continue;
      last = token;
      if (token === this.#tokens.blank) continue;
      if (this.#tokens.startsWord(token)) {
        if (word !== null && word.text !== '') yield word;
        word = nothing();
      }
      const text = this.#tokens.text(token);
      if (word === null || text === '') continue;
      if (word.text === '') {
        word.start = step;
        least = letters.probability(step, token);
      }
      word.text += text;
      word.end = step;
      word.probability = least;
    }
    if (word !== null && word.text !== '') yield word;
  }
}

function nothing(): Spelled {
  return { text: '', start: 0, end: 0, probability: 1 };
}
