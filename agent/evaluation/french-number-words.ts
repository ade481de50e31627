const ONES = (
  'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix_sept ' +
  'dix_huit dix_neuf'
)
  .split(' ')
  .map((word) => word.replace('_', ' '));
const TENS = '_ _ vingt trente quarante cinquante soixante'.split(' ');
const SCALES = [
  { value: 1_000_000_000, word: 'milliard' },
  { value: 1_000_000, word: 'million' },
];
const IRREGULAR_ORDINALS: Readonly<Record<string, string>> = { cinq: 'cinquième', neuf: 'neuvième' };

/** Largest number that is read as a number; longer digit strings are read digit by digit. */
export const LARGEST_FRENCH_CARDINAL = 999_999_999_999;

/**
 * `281` → `deux cent quatre vingt un`: the reading of France (soixante dix, quatre vingts), without hyphens as in
 * every normalised text. `n`: integer, 0 to 999,999,999,999.
 */
export function frenchCardinal(n: number): string {
  const scale = SCALES.find(({ value }) => n >= value);
  if (scale === undefined) return n < 1000 ? belowThousand(n) : thousands(n);
  const count = Math.floor(n / scale.value);
  return joinRest(`${frenchCardinal(count)} ${scale.word}${count > 1 ? 's' : ''}`, n % scale.value);
}

/** `1` → `premier`, `21` → `vingt et unième`. Same range as `frenchCardinal`. */
export function frenchOrdinal(n: number): string {
  if (n === 1) return 'premier';
  const words = frenchCardinal(n).replace(/(?<=vingt|cent|million|milliard)s$/, '');
  const at = words.lastIndexOf(' ') + 1;
  const last = words.slice(at);
  return words.slice(0, at) + (IRREGULAR_ORDINALS[last] ?? `${last.replace(/e$/, '')}ième`);
}

/** `007` → `zéro zéro sept`. */
export function frenchDigits(digits: string): string {
  return [...digits].map((digit) => ONES[Number(digit)]).join(' ');
}

/** Nothing multiplies mille by one, and vingt and cent before it take no plural. */
function thousands(n: number): string {
  const count = Math.floor(n / 1000);
  const multiplier = count === 1 ? '' : `${belowThousand(count).replace(/(?<=vingt|cent)s$/, '')} `;
  return joinRest(`${multiplier}mille`, n % 1000);
}

function belowThousand(n: number): string {
  if (n < 100) return belowHundred(n);
  const count = Math.floor(n / 100);
  const multiplier = count === 1 ? '' : `${ONES[count]} `;
  return joinRest(`${multiplier}cent${count > 1 && n % 100 === 0 ? 's' : ''}`, n % 100);
}

function belowHundred(n: number): string {
  if (n < 20) return ONES[n]!;
  if (n >= 80) return n === 80 ? 'quatre vingts' : `quatre vingt ${ONES[n - 80]}`;
  const ten = Math.min(6, Math.floor(n / 10)); // seventy is sixty ten
  const rest = n - 10 * ten;
  if (rest === 0) return TENS[ten]!;
  return `${TENS[ten]}${rest === 1 || rest === 11 ? ' et' : ''} ${ONES[rest]}`;
}

function joinRest(words: string, rest: number): string {
  return rest === 0 ? words : `${words} ${frenchCardinal(rest)}`;
}
