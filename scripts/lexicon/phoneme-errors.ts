import { totalErrors, wordErrors } from '../../agent/evaluation/error-counts.ts';

/** A word with the pronunciations that are right, and guesses, best first. */
export interface GuessedWord {
  readonly right: readonly (readonly string[])[];
  readonly guesses: readonly (readonly string[])[];
}

export interface PhonemeErrors {
  /** Words whose first guess is none of the right pronunciations. */
  readonly wrongWords: number;
  /** Words none of whose guesses is right. */
  readonly missedWords: number;
  /** Insertions, deletions and substitutions of the first guesses, each against the nearest right pronunciation. */
  readonly edits: number;
  /** Phonemes of those. */
  readonly phonemes: number;
}

/** Counts errors as letter-to-sound converters are compared. */
export function phonemeErrors(words: readonly GuessedWord[]): PhonemeErrors {
  let [wrongWords, missedWords, edits, phonemes] = [0, 0, 0, 0];
  for (const { right, guesses } of words) {
    const distances = right.map((each) => ({
      edits: totalErrors(wordErrors(each, guesses[0] ?? [])),
      phonemes: each.length,
    }));
    const nearest = distances.reduce((a, b) => (b.edits < a.edits ? b : a));
    edits += nearest.edits;
    phonemes += nearest.phonemes;
    if (nearest.edits > 0) wrongWords += 1;
    const isRight = guesses.some((guess) => right.some((each) => each.join(' ') === guess.join(' ')));
    if (!isRight) missedWords += 1;
  }
  return { wrongWords, missedWords, edits, phonemes };
}
