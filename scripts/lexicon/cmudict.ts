import { dictionary } from 'cmu-pronouncing-dictionary';
import { normalizeText } from '../../agent/evaluation/text-normalization.ts';
import type { Dictionary } from './lexicon-file.ts';

/**
 * The words of CMUdict as recognised text spells them: stress marks are dropped, and so is an apostrophe at an edge
 * of a word, as in `normalizeText` (`'cause` adds a pronunciation to `cause`). Left out: what the normalisation would
 * write otherwise (`mr`, `a.m.`, `baby-sit`) and lone consonants such as `'m`. Pronunciations keep CMUdict's order,
 * each once.
 */
export function cmudict(): Dictionary {
  const words = new Map<string, string[][]>();
  const entries = Object.entries(dictionary).map(([entry, phonemes]) => ({
    spelled: entry.replace(/\(\d+\)$/, ''),
    phonemes: phonemes
      .replace(/#.*|\d/g, '')
      .trim()
      .split(/\s+/),
  }));
  const elided = entries.filter(({ spelled }) => /^'.|.'$/.test(spelled));
  const whole = entries.filter(({ spelled }) => /^[a-z][a-z']*[a-z]$|^[a-z]$/.test(spelled));
  for (const { spelled, phonemes } of [...whole, ...elided]) {
    const word = spelled.replace(/^'+|'+$/g, '');
    if (normalizeText(word) !== word || (word !== spelled && word.length === 1)) continue;
    const known = words.get(word) ?? [];
    if (!known.some((other) => other.join(' ') === phonemes.join(' '))) known.push(phonemes);
    words.set(word, known);
  }
  return words;
}
