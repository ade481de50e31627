/** A number that words from a place on say. */
export interface SpokenNumber {
  readonly value: number;
  /** Number of words. */
  readonly length: number;
}

const ONES = 'zero one two three four five six seven eight nine'.split(' ');
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
// Maps: an object has a "constructor", which people say.
const SCALES = new Map([
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
  ['trillion', 1e12],
]);
const ORDINALS = new Map<string, number>([
  ...'first second third fourth fifth sixth seventh eighth ninth'
    .split(' ')
    .map((word, i) => [word, i + 1] as const),
  ...TEENS.map((word, i) => [word === 'twelve' ? 'twelfth' : `${word}th`, i + 10] as const),
  ...TENS.map((word, i) => [word.replace(/y$/, 'ieth'), 20 + 10 * i] as const),
]);

/** The value of `zero` to `nine`; `oh` and `o` are zero between digits only, so not here. -1: another word. */
export function digit(word: string | undefined): number {
  return word === undefined ? -1 : ONES.indexOf(word);
}

/** `ten` to `nineteen`; -1: another word. */
function teen(word: string | undefined): number {
  const index = word === undefined ? -1 : TEENS.indexOf(word);
  return index < 0 ? -1 : index + 10;
}

/** `one` to `ninety nine`: the words of a number below 100, zero left out. */
export function below100(words: readonly string[], at: number): SpokenNumber | null {
  const tens = TENS.indexOf(words[at] ?? '');
  if (tens >= 0) {
    const ones = digit(words[at + 1]);
    return ones > 0 ? { value: 20 + 10 * tens + ones, length: 2 } : { value: 20 + 10 * tens, length: 1 };
  }
  const value = Math.max(teen(words[at]), digit(words[at]));
  return value > 0 ? { value, length: 1 } : null;
}

/** `zero`, or a whole number of any size: `two hundred and five`, `eleven hundred`, `a thousand`. */
export function cardinal(words: readonly string[], at: number): SpokenNumber | null {
  if (words[at] === 'zero') return { value: 0, length: 1 };
  let total = 0;
  let end = at;
  let limit = Number.POSITIVE_INFINITY;
  for (;;) {
    const start = end > at && words[end] === 'and' ? end + 1 : end;
    const group = below1000(words, start, end === at);
    if (group === null) break;
    const scale = SCALES.get(words[start + group.length] ?? '');
    if ((scale ?? 1) >= limit) break;
    if (scale === undefined && end > at && group.value > 999) break;
    total += group.value * (scale ?? 1);
    end = start + group.length + (scale === undefined ? 0 : 1);
    if (scale === undefined) break;
    limit = scale;
  }
  return end === at ? null : { value: total, length: end - at };
}

/** Up to 99 hundreds and the rest; `a hundred` and `a thousand` only where a number may begin. */
function below1000(words: readonly string[], at: number, first: boolean): SpokenNumber | null {
  const isArticle =
    first && words[at] === 'a' && (words[at + 1] === 'hundred' || SCALES.has(words[at + 1] ?? ''));
  const head = isArticle ? { value: 1, length: 1 } : below100(words, at);
  if (head === null || words[at + head.length] !== 'hundred') return head;
  const length = head.length + 1;
  const skip = words[at + length] === 'and' ? 1 : 0;
  const rest = below100(words, at + length + skip);
  if (rest === null) return { value: head.value * 100, length };
  return { value: head.value * 100 + rest.value, length: length + skip + rest.length };
}

/** `third`, `twenty first`, `two hundredth`: value and number of words. */
export function ordinal(words: readonly string[], at: number): SpokenNumber | null {
  const tens = TENS.indexOf(words[at] ?? '');
  const unit = ORDINALS.get(words[at + 1] ?? '');
  if (tens >= 0 && unit !== undefined && unit < 10) return { value: 20 + 10 * tens + unit, length: 2 };
  const value = ORDINALS.get(words[at] ?? '');
  return value === undefined ? null : { value, length: 1 };
}

/** `thirteen hundred` to `twenty ninety nine`, `nineteen oh six`, `two thousand five`: years as people say them. */
export function year(words: readonly string[], at: number): SpokenNumber | null {
  if (words[at] === 'two' && words[at + 1] === 'thousand') {
    const number = cardinal(words, at);
    return number !== null && number.value < 2100 ? number : null;
  }
  const century = words[at] === 'twenty' ? 20 : teen(words[at]);
  if (century < 13) return null;
  if (words[at + 1] === 'hundred') return cardinal(words, at);
  if (words[at + 1] === 'oh' || words[at + 1] === 'o') {
    const ones = digit(words[at + 2]);
    return ones > 0 ? { value: 100 * century + ones, length: 3 } : null;
  }
  const rest = below100(words, at + 1);
  return rest === null || rest.value < 10
    ? null
    : { value: 100 * century + rest.value, length: 1 + rest.length };
}

/** `21st` */
export function ordinalText(value: number): string {
  const ending = value % 100 > 10 && value % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${ending}`;
}

/** Four digits as they are, more in groups of three: `2500`, `12,500`. */
export function numberText(value: number): string {
  return value < 10_000 ? String(value) : String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `3 million` where nothing but one large scale is left, else digits. */
export function amountText(value: number): string {
  for (const [word, scale] of [...SCALES].reverse()) {
    if (scale > 1e3 && value >= scale && value % scale === 0) return `${numberText(value / scale)} ${word}`;
  }
  return numberText(value);
}
