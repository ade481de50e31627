import type { Pronouncer } from '../decoder/pronouncer.ts';
import { AgentError, type ErrorCode } from '../errors.ts';

/** Letters of the words of a compilation that no dictionary has: a letter takes a third of a millisecond, a word that is known next to
 * nothing. */
const MOST_LETTERS = 40_000;

/**
 * Sees all words before any of them is said.
 * @param words each once
 * @throws AgentError `code` when the letter-to-sound model would have too much to do
 */
export function checkGuesses(words: readonly string[], pronouncer: Pronouncer | null, code: ErrorCode): void {
  const guessed = words.filter((word) => pronouncer !== null && !pronouncer.knows(word));
  const letters = guessed.reduce((sum, { length }) => sum + length, 0);
  if (letters <= MOST_LETTERS) return;
  throw new AgentError(
    code,
    `the words that no dictionary has, such as "${guessed[0]}", have ${letters} letters; expected at most ${MOST_LETTERS}: ` +
      'make lists of names shorter, or write how names are said into decoder.pronunciations',
  );
}
