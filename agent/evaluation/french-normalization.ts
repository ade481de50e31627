import { frenchOrdinal } from './french-number-words.ts';
import { spellFrenchNumbers } from './french-written-numbers.ts';
import { PLAIN_MARKS, type Replacement, replaceAll, stripAccents, TAGS } from './text-replacement.ts';

/** What must be read before NFKC takes it apart (`²` would become `2`, `½` would become `1⁄2`). */
const BEFORE_UNICODE: readonly Replacement[] = [
  ...PLAIN_MARKS,
  [/(?<=\d)½/g, ' et demi '],
  [/½/g, ' un demi '],
  [/¼/g, ' un quart '],
  [/¾/g, ' trois quarts '],
  [/²/g, ' au carré '],
  [/³/g, ' au cube '],
  [/№|\b[nN][°º] ?(?=\d)/g, ' numéro '],
  [/°\s?C\b|℃/g, ' degrés celsius '],
  [/°\s?F\b|℉/g, ' degrés fahrenheit '],
  [/°/g, ' degrés '],
];

/** Case still counts here: `M. Dupont` is monsieur, `m.` is not. */
const ABBREVIATIONS: readonly Replacement[] = [
  TAGS,
  [/\bMM\.(?= ?\p{Lu})/gu, 'messieurs'],
  [/\bM\.(?= ?\p{Lu})/gu, 'monsieur '],
  [/\bMmes\b/g, 'mesdames'],
  [/\bMme\b/g, 'madame'],
  [/\bMlles\b/g, 'mesdemoiselles'],
  [/\bMlle\b/g, 'mademoiselle'],
  [/\bDr\b\.?(?= ?\p{Lu})/gu, 'docteur '],
  [/\bPr\b\.?(?= ?\p{Lu})/gu, 'professeur '],
  [/\bSte(?=[ -]\p{Lu})/gu, 'sainte'],
  [/\bSt(?=[ -]\p{Lu})/gu, 'saint'],
];

const SYMBOLS: readonly Replacement[] = [
  [/&/g, ' et '],
  [/\+/g, ' plus '],
  [/=/g, ' égale '],
  [/@/g, ' arobase '],
  [/(?<=[a-z]{2})\.(?=(?:com|org|net|fr|be|ch)\b)/g, ' point '],
];

/** Letters that French writes with an accent; any other accent is stripped. */
const ACCENTED = 'àâçèéêëîïôùû';

/** Everything else becomes a space; an article before a space belongs to the next word; other apostrophes go. */
const REMAINDER: readonly Replacement[] = [
  [/[^a-zàâçèéêëîïôùû' ]/g, ' '],
  [/(?<![a-zàâçèéêëîïôùû'])([cdjlmnst]|(?:jus|lors|puis|quoi)?qu)' +(?=[a-zàâçèéêëîïôùû])/g, "$1'"],
  [/(?<![a-zàâçèéêëîïôùû])'+|'+(?![a-zàâçèéêëîïôùû])/g, ' '],
  [/ +/g, ' '],
  [/(?<![^ ])etc(?![^ ])/g, 'et cetera'],
];

const ROMAN = [...'ivxlc'].map((letter, i) => [letter, [1, 5, 10, 50, 100][i]!] as const);
const ROMAN_VALUES: Readonly<Record<string, number>> = Object.fromEntries(ROMAN);

/**
 * Brings a written French text into the form that a French model spells and that WER is counted on: the letters a
 * to z and à â ç è é ê ë î ï ô ù û, apostrophes inside words, single spaces. As `normalizeText` for English, except:
 *
 * - accents of French stay, others are stripped; `œ` is `oe`, `æ` is `ae`, for they are written either way;
 * - `l'eau` and `aujourd'hui` are one word, `l' eau` too; hyphens become spaces: `dit-il` is `dit il`;
 * - numbers are read as in France: `71` soixante et onze, `3,14` trois virgule quatorze, `1 000` and `1.000`
 *   mille, years as cardinals, `1er`, `2e`, `XIXe` (Roman, in capitals) ordinals, `14h30` and `14:30` quatorze heures
 *   trente, `5,50 €` cinq euros cinquante, `20 %` vingt pour cent, `n° 5` numéro cinq;
 * - M., MM., Mme, Mlle, Dr, Pr before a name, St, Ste and etc. are written out; `&` is et, `=` égale, `@` arobase.
 *
 * Applying the function twice changes nothing more. Never throws.
 */
export function normalizeFrench(text: string): string {
  const written = replaceAll(replaceAll(text, BEFORE_UNICODE).normalize('NFKC'), ABBREVIATIONS);
  const spelled = spellFrenchNumbers(keepFrenchAccents(romanOrdinals(written).toLowerCase()));
  return replaceAll(replaceAll(spelled, SYMBOLS), REMAINDER).trim();
}

/** `XIXe` → `dix neuvième`: centuries, kings and districts. One letter only where it is no word: `Ve`, not `Le`. */
function romanOrdinals(text: string): string {
  return text
    .replace(/(?<![\p{L}\d'])Ier(?![\p{L}\d])/gu, 'premier')
    .replace(
      /(?<![\p{L}\d])([IVXLC]{2,}|[VX])(?:e|ème)(s?)(?![\p{L}\d])/gu,
      (_, roman: string, plural: string) => {
        return frenchOrdinal(romanValue(roman.toLowerCase())) + plural;
      },
    );
}

function romanValue(roman: string): number {
  const values = [...roman].map((letter) => ROMAN_VALUES[letter]!);
  return values.reduce((sum, value, i) => sum + (value < (values[i + 1] ?? 0) ? -value : value), 0);
}

function keepFrenchAccents(text: string): string {
  return [...text.normalize('NFC')].map((c) => (ACCENTED.includes(c) ? c : stripAccents(c))).join('');
}
