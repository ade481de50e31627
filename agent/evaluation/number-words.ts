const ONES = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
  'seventeen eighteen nineteen'
).split(' ');
const TENS = '_ _ twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES = [
  { value: 1_000_000, word: 'million' },
  { value: 1000, word: 'thousand' },
  { value: 100, word: 'hundred' },
];
const IRREGULAR_ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** Largest number that is read as a number; longer digit strings are read digit by digit. */
export const LARGEST_CARDINAL = 999_999_999;

/** `342` → `three hundred forty two`: the American reading, without "and". `n`: integer, 0 to 999,999,999. */
export function cardinalWords(n: number): string {
  if (n < 20) return ONES[n]!;
  if (n < 100) return joinRest(TENS[Math.floor(n / 10)]!, n % 10);
  const scale = SCALES.find(({ value }) => n >= value)!;
  return joinRest(`${cardinalWords(Math.floor(n / scale.value))} ${scale.word}`, n % scale.value);
}

/** `21` → `twenty first`. Same range as `cardinalWords`. */
export function ordinalWords(n: number): string {
  return replaceLastWord(cardinalWords(n), (word) => {
    if (IRREGULAR_ORDINALS[word] !== undefined) return IRREGULAR_ORDINALS[word];
    return word.endsWith('y') ? `${word.slice(0, -1)}ieth` : `${word}th`;
  });
}

/** `twenty` → `twenties`, `hundred` → `hundreds`: the plural of the last word of a number. */
export function pluralWords(words: string): string {
  return replaceLastWord(words, (word) => {
    if (word.endsWith('y')) return `${word.slice(0, -1)}ies`;
    return word.endsWith('x') ? `${word}es` : `${word}s`;
  });
}

/** `007` → `zero zero seven`. */
export function digitWords(digits: string): string {
  return [...digits].map((digit) => ONES[Number(digit)]).join(' ');
}

/**
 * A year as it is spoken: `1998` → `nineteen ninety eight`, `1906` → `nineteen oh six`, `1900` → `nineteen
 * hundred`, `2005` → `two thousand five`, `2019` → `twenty nineteen`. `n`: 1100 to 2099.
 */
export function yearWords(n: number): string {
  if (n >= 2000 && n < 2010) return cardinalWords(n);
  const century = cardinalWords(Math.floor(n / 100));
  const rest = n % 100;
  if (rest === 0) return `${century} hundred`;
  return `${century} ${rest < 10 ? 'oh ' : ''}${cardinalWords(rest)}`;
}

function joinRest(words: string, rest: number): string {
  return rest === 0 ? words : `${words} ${cardinalWords(rest)}`;
}

function replaceLastWord(words: string, change: (word: string) => string): string {
  const at = words.lastIndexOf(' ') + 1;
  return words.slice(0, at) + change(words.slice(at));
}
