import { normalizeFrench } from './french-normalization.ts';
import { normalizeText } from './text-normalization.ts';

/** Brings a written text into the form that a model spells. Idempotent; never throws. */
export type TextNormalizer = (text: string) => string;

const NORMALIZERS: Readonly<Record<string, TextNormalizer>> = { en: normalizeText, fr: normalizeFrench };

/** Languages with text rules of their own. */
export const KNOWN_LANGUAGES: readonly string[] = Object.keys(NORMALIZERS);

/** The text rules for a language tag such as `fr` or `fr-CA`; a language without its own has those of English. */
export function normalizerOf(language: string): TextNormalizer {
  return NORMALIZERS[language.toLowerCase().split('-')[0]!] ?? normalizeText;
}
