import {
  frenchCardinal,
  frenchDigits,
  frenchOrdinal,
  LARGEST_FRENCH_CARDINAL,
} from './french-number-words.ts';

/** Rewrites `[pattern, what stands for a match]`, applied in the order of the list. */
type Rule = readonly [RegExp, (...groups: string[]) => string];

const CURRENCIES: Readonly<Record<string, string>> = { $: 'dollar', '£': 'livre', '€': 'euro' };
const FRACTIONS: Readonly<Record<string, string>> = {
  '1/2': 'un demi',
  '1/3': 'un tiers',
  '2/3': 'deux tiers',
  '1/4': 'un quart',
  '3/4': 'trois quarts',
};

/** Order matters: what is more specific (money, times, ordinals) comes before plain decimals and integers. */
const RULES: readonly Rule[] = [
  [/(?<!\d)\d{1,3}(?:[ .]\d{3})+(?!\d)/g, (digits) => digits!.replace(/\D/g, '')],
  [/(\d+)(?:,(\d\d?)(?!\d))? ?([$£€])/g, (_, whole, cents, sign) => money(whole!, cents, sign!)],
  [/([$£€]) ?(\d+)(?:[.,](\d\d)(?!\d))?/g, (_, sign, whole, cents) => money(whole!, cents, sign!)],
  [/(?<![\d,])(\d{1,2}) ?(?:h|:) ?([0-5]\d)(?!\d)/g, (_, hour, minute) => clock(hour!, Number(minute))],
  [/(?<![\d,])(\d{1,2}) ?h(?![\p{L}\d])/gu, (_, hour) => clock(hour!, 0)],
  [/(?<![\d/])([1-3]\/[2-4])(?![\d/])/g, (match) => ` ${FRACTIONS[match!] ?? match} `],
  [/(\d) ?%/g, (_, digit) => `${digit} pour cent `],
  [/(?<![\d.,])1(?:re|ère)(?!\p{L})/gu, () => ' première '],
  [
    /(?<![\d.,])(\d{1,9})(?:er|e|è|ème|ième|nde?)(s?)(?!\p{L})/gu,
    (_, digits, s) => ` ${frenchOrdinal(Number(digits))}${s} `,
  ],
  [/(?<![\p{L}\d.,])-(?=\d)/gu, () => 'moins '],
  [
    /(?<![\d.,])(\d+)[.,](\d+)(?![.,]?\d)/g,
    (_, whole, rest) => ` ${integer(whole!)} virgule ${decimals(rest!)} `,
  ],
  [/\d+/g, (digits) => ` ${integer(digits!)} `],
];

/**
 * Writes every number of a lower-case French text as it is spoken: integers, decimals, ordinals, money, clock times,
 * percentages and common fractions. Years are plain cardinals. Removes no other character.
 */
export function spellFrenchNumbers(text: string): string {
  if (!/\d/.test(text)) return text;
  return RULES.reduce((result, [pattern, spoken]) => result.replace(pattern, spoken), text);
}

/** A leading zero or more than twelve digits means digit by digit. */
function integer(digits: string): string {
  const n = Number(digits);
  return n > LARGEST_FRENCH_CARDINAL || /^0\d/.test(digits) ? frenchDigits(digits) : frenchCardinal(n);
}

/** `14` → `quatorze`, `05` → `zéro cinq`; more than three decimals are read one by one. */
function decimals(digits: string): string {
  const zeros = /^0*(?=\d)/.exec(digits)![0];
  if (digits.length > 3) return frenchDigits(digits);
  return `${frenchDigits(zeros)} ${frenchCardinal(Number(digits))}`.trim();
}

/** `5,50 €` → `cinq euros cinquante`; from a million on the unit is joined by `de`. */
function money(whole: string, cents: string | undefined, sign: string): string {
  const amount = Number(whole);
  const change = cents === undefined ? 0 : Number(cents.padEnd(2, '0'));
  const unit = `${CURRENCIES[sign]}${amount > 1 ? 's' : ''}`;
  const count = sign === '£' ? integer(whole).replace(/\bun$/, 'une') : integer(whole);
  const joint = amount >= 1_000_000 && amount % 1_000_000 === 0 ? (sign === '€' ? "d'" : 'de ') : '';
  return ` ${count} ${joint}${unit}${change === 0 ? '' : ` ${frenchCardinal(change)}`} `;
}

function clock(hour: string, minute: number): string {
  const n = Number(hour);
  const hours = frenchCardinal(n).replace(/\bun$/, 'une');
  return ` ${hours} heure${n > 1 ? 's' : ''}${minute === 0 ? '' : ` ${frenchCardinal(minute)}`} `;
}
