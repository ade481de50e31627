import { SPECIAL_WORDS } from '../../agent/decoder/ngram-format.ts';
import { compareBytes } from '../word-text.ts';

/** The words of a model by id: the special ones, then the given ones, each once, sorted by their UTF-8 bytes. */
export function wordList(words: Iterable<string>): string[] {
  const special = new Set<string>(SPECIAL_WORDS);
  const regular = [...new Set(words)].filter((word) => !special.has(word));
  return [...SPECIAL_WORDS, ...regular.sort(compareBytes)];
}

/** Id by word. */
export function idsOf(words: readonly string[]): Map<string, number> {
  return new Map(words.map((word, id) => [word, id]));
}

/**
 * The words of a model: those that are required, and of the counted ones (most frequent first) those that occur
 * `minCount` times or more, at most `maxWords`.
 */
export function chooseWords(
  counted: readonly { readonly word: string; readonly count: number }[],
  required: readonly string[],
  { minCount, maxWords }: { readonly minCount: number; readonly maxWords: number },
): string[] {
  const needed = new Set(required);
  const frequent = counted
    .filter(({ word, count }) => count >= minCount && !needed.has(word))
    .slice(0, maxWords);
  return wordList([...required, ...frequent.map(({ word }) => word)]);
}
