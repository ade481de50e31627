import { joinWords, type SpelledWord } from './words.ts';

/**
 * The leading part of a partial that will not change any more: the words that are complete within the decoder's
 * stable tokens. It is cut at words, not letters, so that a word once stable is a whole word: "can" does not
 * become stable while "cannot" is still possible. The last word of a segment therefore becomes stable with the
 * next word or with the final.
 *
 * It only ever grows within a segment, and the final starts with it, because the decoder's stable tokens are
 * shared by every hypothesis that can still win.
 */
export function stableText(words: readonly SpelledWord[], stableTokens: number): string {
  return joinWords(words.filter((word) => word.completeAt <= stableTokens));
}
