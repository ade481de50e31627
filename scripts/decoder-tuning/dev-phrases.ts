import type { Pronouncer } from '../../agent/decoder/pronouncer.ts';
import type { TextNormalizer } from '../../agent/evaluation/language-rules.ts';
import type { ManifestRow } from '../../agent/evaluation/manifest.ts';
import { spread } from '../../agent/evaluation/spread.ts';
import { splitWords } from '../../agent/evaluation/text-normalization.ts';

/** A phrase that stands for a wake phrase, and the recordings that begin with it. */
export interface DevPhrase {
  readonly text: string;
  /** Indices of the recordings. */
  readonly said: readonly number[];
}

/** Sounds of a phrase: as many as people's wake phrases have. */
const SOUNDS = { least: 6, most: 9 };
const MOST_WORDS = 3;

/**
 * Phrases to choose settings with where nobody has recorded wake phrases: the first words of recordings, as many as make
 * 6 to 9 sounds. They come after a pause, as wake phrases do; unlike them, most are spoken on without one.
 * @param most phrases, spread evenly over the recordings
 */
export function firstWords(
  rows: readonly ManifestRow[],
  { pronouncer, normalize }: { readonly pronouncer: Pronouncer; readonly normalize: TextNormalizer },
  most: number,
): DevPhrase[] {
  const phrases = new Map<string, number[]>();
  for (const [index, { text }] of rows.entries()) {
    const phrase = opening(splitWords(normalize(text)), pronouncer);
    if (phrase === null) continue;
    phrases.set(phrase, [...(phrases.get(phrase) ?? []), index]);
  }
  return spread(
    [...phrases].map(([text, said]) => ({ text, said })),
    most,
  );
}

/** Phrases that are all that is said in some recordings, `least` of each at least. */
export function wholeTexts(
  rows: readonly ManifestRow[],
  normalize: TextNormalizer,
  least: number,
): DevPhrase[] {
  const phrases = new Map<string, number[]>();
  for (const [index, row] of rows.entries()) {
    const text = normalize(row.text);
    phrases.set(text, [...(phrases.get(text) ?? []), index]);
  }
  return [...phrases].filter(([, said]) => said.length >= least).map(([text, said]) => ({ text, said }));
}

function opening(words: readonly string[], pronouncer: Pronouncer): string | null {
  for (let count = 1; count <= Math.min(MOST_WORDS, words.length); count += 1) {
    const text = words.slice(0, count).join(' ');
    const sounds = pronouncer.pronounce(text, 1)[0]?.phonemes.length ?? 0;
    if (sounds > SOUNDS.most) return null;
    if (sounds >= SOUNDS.least) return text;
  }
  return null;
}
