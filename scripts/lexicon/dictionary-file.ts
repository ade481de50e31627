import { readFileSync } from 'node:fs';
import { cmudict } from './cmudict.ts';
import type { Dictionary } from './lexicon-file.ts';

/** The dictionary in a file that `training.dictionary` wrote; that of English, CMUdict, when there is no path. */
export function openDictionary(path: string | undefined): Dictionary {
  return path === undefined ? cmudict() : parseDictionary(readFileSync(path, 'utf8'));
}

/**
 * A line a pronunciation: the word, a tab, its phonemes one space apart. A word's first line is the usual one.
 * @throws Error naming a line that is none
 */
export function parseDictionary(text: string): Dictionary {
  const words = new Map<string, string[][]>();
  for (const [index, line] of text.trimEnd().split('\n').entries()) {
    const [word, phonemes] = line.split('\t');
    if (!word || !phonemes) {
      throw new Error(`line ${index + 1}: expected a word, a tab and phonemes, got "${line}"`);
    }
    words.set(word, [...(words.get(word) ?? []), phonemes.split(' ')]);
  }
  return words;
}
