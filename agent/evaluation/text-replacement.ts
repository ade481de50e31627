/** What to look for, and what stands in its place. */
export type Replacement = readonly [RegExp, string];

/** Typographic apostrophes, primes and backticks, a lost character (U+FFFD) between letters, and dashes. */
export const PLAIN_MARKS: readonly Replacement[] = [
  [/[\u2018\u2019\u201a\u201b\u02bc\u02b9\u2032\u00b4`]/g, "'"],
  [/(?<=\p{L})\ufffd(?=\p{L})/gu, "'"],
  [/[\p{Pd}\u2212]/gu, '-'],
];

/** Tags in `[]`, `{}`, `<>` with what they hold. */
export const TAGS: Replacement = [/\[[^[\]{}]*[\]}]|\{[^[\]{}]*[\]}]|<[a-z_/ ]*>/gi, ' '];

/** Letters that Unicode does not take apart into a base letter and an accent. */
const LETTERS: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ß: 'ss',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
};

/** Applies the rules one after another. */
export function replaceAll(text: string, rules: readonly Replacement[]): string {
  return rules.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/** Letters of a lower-case text without accents; `œ` and its like become ASCII letters. */
export function stripAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[æœøßđðþłı]/g, (letter) => LETTERS[letter]!);
}
