import {
  cardinalWords,
  digitWords,
  LARGEST_CARDINAL,
  ordinalWords,
  pluralWords,
  yearWords,
} from './number-words.ts';

/** Rewrites `[pattern, what stands for a match]`, applied in the order of the list. */
type Rule = readonly [RegExp, (...groups: string[]) => string];

const CURRENCIES: Readonly<Record<string, { one: string; many: string; cent: string; cents: string }>> = {
  $: { one: 'dollar', many: 'dollars', cent: 'cent', cents: 'cents' },
  '£': { one: 'pound', many: 'pounds', cent: 'penny', cents: 'pence' },
  '€': { one: 'euro', many: 'euros', cent: 'cent', cents: 'cents' },
};
const FRACTIONS: Readonly<Record<string, string>> = {
  '1/2': 'one half',
  '1/3': 'one third',
  '2/3': 'two thirds',
  '1/4': 'one quarter',
  '3/4': 'three quarters',
};

/** Order matters: what is more specific (money, times, ordinals) comes before plain decimals and integers. */
const RULES: readonly Rule[] = [
  [/(?<=\d),(?=\d{3}(?!\d))/g, () => ''],
  [
    /([$£€]) ?(\d+(?:\.\d+)?) (hundred|thousand|million|billion|trillion)\b/g,
    (_, sign, amount, scale) => `${amount} ${scale} ${CURRENCIES[sign!]!.many}`,
  ],
  [/([$£€]) ?(\d+)(?:\.(\d\d)(?!\d))?/g, (_, sign, whole, cents) => money(sign!, whole!, cents)],
  [/\b(\d{1,2}):(\d\d)(?: ?([ap]) ?m\b)?/g, (_, hour, minute, half) => clock(hour!, minute!, half)],
  [/(\d) ?([ap]) ?m\b/g, (_, digit, half) => `${digit} ${half} m`],
  [/(?<![\d/])([1-3]\/[2-4])(?![\d/])/g, (match) => ` ${FRACTIONS[match!] ?? match} `],
  [/(\d) ?%/g, (_, digit) => `${digit} percent `],
  [/(?<![\d.])(\d{1,9})(?:st|nd|rd|th)\b/g, (_, digits) => ordinalWords(Number(digits))],
  [/'?(?<![\d.])(\d{0,2}\d0)'?s\b/g, (_, digits) => ` ${pluralWords(integer(digits!))} `],
  [/(?<![\w.])-(?=\d)/g, () => 'minus '],
  [/(?<![\d.])(\d+)\.(\d+)(?!\.?\d)/g, (_, whole, rest) => ` ${integer(whole!)} point ${digitWords(rest!)} `],
  [/(?<!\d)\.(\d+)(?!\.?\d)/g, (_, rest) => ` point ${digitWords(rest!)} `],
  [/\d+/g, (digits) => ` ${integer(digits!)} `],
];

/**
 * Writes every number of a lower-case text as it is spoken: integers, decimals, ordinals, decades, years,
 * money, clock times, percentages and common fractions. Removes no other character.
 */
export function spellNumbers(text: string): string {
  if (!/\d/.test(text)) return text;
  return RULES.reduce((result, [pattern, spoken]) => result.replace(pattern, spoken), text);
}

/** Years 1100 to 2099 are read as years; a leading zero or more than nine digits means digit by digit. */
function integer(digits: string): string {
  const n = Number(digits);
  if (n > LARGEST_CARDINAL || (digits.length > 1 && digits.startsWith('0'))) return digitWords(digits);
  const isYear = digits.length === 4 && n >= 1100 && n < 2100;
  return isYear ? yearWords(n) : cardinalWords(n);
}

function money(sign: string, whole: string, cents: string | undefined): string {
  const { one, many, cent, cents: plural } = CURRENCIES[sign]!;
  const amount = Number(whole);
  const units =
    amount > LARGEST_CARDINAL ? digitWords(whole) : `${cardinalWords(amount)} ${amount === 1 ? one : many}`;
  const part = Number(cents ?? 0);
  if (part === 0) return ` ${units} `;
  const change = `${cardinalWords(part)} ${part === 1 ? cent : plural}`;
  return amount === 0 ? ` ${change} ` : ` ${units} and ${change} `;
}

function clock(hour: string, minute: string, half: string | undefined): string {
  const minutes = Number(minute);
  const ending = half === undefined ? '' : ` ${half} m`;
  const full = half === undefined ? " o'clock" : '';
  const past = minutes === 0 ? full : ` ${minutes < 10 ? 'oh ' : ''}${cardinalWords(minutes)}`;
  return ` ${cardinalWords(Number(hour))}${past}${ending} `;
}
