import { SPECIAL_WORDS } from '../../agent/decoder/ngram-format.ts';

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

/** Order of UTF-8 bytes, which is that of code points. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
