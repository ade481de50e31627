import { AgentError } from '../errors.ts';

/** Pronunciations by word as the user wrote them: lower case, phoneme ids. */
export type UserPronunciations = ReadonlyMap<string, readonly (readonly number[])[]>;

/**
 * Reads a list of the user's own pronunciations in the style of CMUdict: a line is a word, a tab and its phonemes
 * (`Siobhan<TAB>SH IH V AO N`); without a tab the word ends at the first space. A word may have several lines, and
 * may be several words before a tab. Digits of stress and `(2)` after a word are read over, and so are empty lines
 * and those that begin with `#` or `;;;`.
 * @param phonemeNames by id
 * @param source name of the file, for error messages
 * @throws AgentError PRONUNCIATIONS_INVALID naming the line
 */
export function parseUserPronunciations(
  text: string,
  phonemeNames: readonly string[],
  source: string,
): UserPronunciations {
  const ids = new Map(phonemeNames.map((name, id) => [name, id]));
  const words = new Map<string, number[][]>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(#|;;;|$)/.test(line)) continue;
    const fail = (what: string): never => {
      throw new AgentError('PRONUNCIATIONS_INVALID', `${source}, line ${index + 1}: ${what}`);
    };
    const { word, phonemes } = splitLine(line) ?? fail(`expected a word, a tab and phonemes, got "${line}"`);
    const coded = phonemes.map(
      (name) =>
        ids.get(name) ?? fail(`"${name}" is no phoneme; expected some of ${phonemeNames.slice(1).join(' ')}`),
    );
    words.set(word, [...(words.get(word) ?? []), coded]);
  }
  return words;
}

function splitLine(line: string): { word: string; phonemes: string[] } | null {
  const [, word, phonemes] =
    (line.includes('\t') ? /^\s*(\S[^\t]*)\t(.*\S)/ : /^\s*(\S+)\s(.*\S)/).exec(line) ?? [];
  if (word === undefined || phonemes === undefined) return null;
  return {
    word: word
      .trim()
      .toLowerCase()
      .replace(/\(\d+\)$/, ''),
    phonemes: phonemes.trim().toUpperCase().replace(/\d/g, '').split(/\s+/),
  };
}
