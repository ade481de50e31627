import { below100, digit } from './english-numbers.ts';
import { type Rule, rewrite } from './readable-language.ts';

const MARKS = new Map([
  ['dot', '.'],
  ['dash', '-'],
  ['hyphen', '-'],
  ['underscore', '_'],
  ['slash', '/'],
]);
const TOP_LEVEL = new Set(
  'com org net edu gov io dev info uk eu de fr es it nl ca au nz us ch at'.split(' '),
);
/** Words that stand before `at` and are no name of a mailbox. */
const NOT_A_MAILBOX = new Set(
  (
    'look looking looks us me him her them it you page pages site website online live here there out available ' +
    'meet met be is are was were am arrive arrived stay start stop found find visit hosted work works working'
  ).split(' '),
);
/** Only a telephone number begins with hundreds and goes on with digits. */
const LEAST_WITH_HUNDREDS = 7;
const REPEATS = new Map([
  ['double', 2],
  ['triple', 3],
]);

/** One part of an address: a word, or letters and digits one by one. */
function part(words: readonly string[], at: number): { text: string; length: number } | null {
  let text = '';
  let end = at;
  while (isLetter(words[end]) || digit(words[end]) >= 0) {
    text += isLetter(words[end]) ? words[end] : digit(words[end]);
    end += 1;
  }
  if (text !== '') return { text, length: end - at };
  const word = words[at];
  return word !== undefined && /^[a-z0-9]+$/.test(word) && !MARKS.has(word) && word !== 'at'
    ? { text: word, length: 1 }
    : null;
}

/** Parts with marks between them: `john dot smith`, `example dot co dot uk`. */
function chain(words: readonly string[], at: number, marks: RegExp): { text: string; length: number } | null {
  const first = part(words, at);
  if (first === null) return null;
  let { text, length } = first;
  for (;;) {
    const mark = MARKS.get(words[at + length] ?? '');
    const next = mark !== undefined && marks.test(mark) ? part(words, at + length + 1) : null;
    if (next === null) return { text, length };
    text += mark + next.text;
    length += 1 + next.length;
  }
}

function domain(words: readonly string[], at: number): { text: string; length: number } | null {
  const name = chain(words, at, /[.-]/);
  return name !== null &&
    TOP_LEVEL.has(name.text.slice(name.text.lastIndexOf('.') + 1)) &&
    name.text.includes('.')
    ? name
    : null;
}

/** `john dot smith at example dot com` */
export const mailRule: Rule = (words, at) => {
  const mailbox = chain(words, at, /[._-]/);
  if (mailbox === null || words[at + mailbox.length] !== 'at') return null;
  if (mailbox.length === 1 && NOT_A_MAILBOX.has(mailbox.text)) return null;
  const host = domain(words, at + mailbox.length + 1);
  return host && rewrite(`${mailbox.text}@${host.text}`, mailbox.length + 1 + host.length);
};

/** `www dot example dot com slash about` */
export const webRule: Rule = (words, at) => {
  const host = domain(words, at);
  if (host === null) return null;
  const path = words[at + host.length] === 'slash' ? chain(words, at + host.length + 1, /[./_-]/) : null;
  if (path === null) return rewrite(host.text, host.length);
  return rewrite(`${host.text}/${path.text}`, host.length + 1 + path.length);
};

/** Three digits or more one by one: `five five five one two three four`, `double oh seven`, `eight hundred five five …`. */
export const digitsRule: Rule = (words, at) => {
  let text = '';
  let end = at;
  let hundreds = false;
  for (;;) {
    const next = nextDigits(words, end, text !== '');
    if (next === null) break;
    text += next.text;
    end += next.length;
    hundreds ||= words[end - 1] === 'hundred';
  }
  return text.length < (hundreds ? LEAST_WITH_HUNDREDS : 3) ? null : rewrite(groupedDigits(text), end - at);
};

/** `five`, `double five`; within a number `oh`; `eight hundred` before single digits. */
function nextDigits(
  words: readonly string[],
  at: number,
  begun: boolean,
): { text: string; length: number } | null {
  const times = REPEATS.get(words[at] ?? '');
  const value = spokenDigit(words[at + (times === undefined ? 0 : 1)], begun || times !== undefined);
  if (value < 0) return null;
  if (times !== undefined) return { text: String(value).repeat(times), length: 2 };
  const isHundred = words[at + 1] === 'hundred' && digit(words[at + 2]) >= 0 && digit(words[at + 3]) >= 0;
  return isHundred ? { text: `${value}00`, length: 2 } : { text: String(value), length: 1 };
}

/** `oh` and `o` are zero once a number has begun. */
function spokenDigit(word: string | undefined, begun: boolean): number {
  return begun && (word === 'oh' || word === 'o') ? 0 : digit(word);
}

/** Telephone numbers of North America in their groups, any other number as it is. */
function groupedDigits(digits: string): string {
  const groups = /^(1)?(\d{3})(\d{3})(\d{4})$/.exec(digits) ?? /^(\d{3})(\d{4})$/.exec(digits);
  return groups === null ? digits : groups.slice(1).filter(Boolean).join('-');
}

/** Pairs of letters that are more often an abbreviation than two words. */
const PAIRS_WITH_WORDS = new Set(['ai', 'ac', 'id', 'ip', 'iq', 'it']);

/** `b b c`, `u s a's`, `m p three`: letters one by one. */
export const lettersRule: Rule = (words, at) => {
  let end = at;
  while (isLetter(words[end])) end += 1;
  let text = words.slice(at, end).join('').toUpperCase();
  const possessive = /^([a-z])'s$/.exec(words[end] ?? '')?.[1];
  if (possessive !== undefined && end > at)
    return rewrite(`${text}${possessive.toUpperCase()}'s`, end + 1 - at);
  if (!isAbbreviation(text.toLowerCase())) return null;
  const number = text.length === 2 ? below100(words, end) : null;
  if (number?.length === 1 && number.value < 10) {
    text += number.value;
    end += 1;
  }
  return rewrite(text, end - at);
};

function isAbbreviation(letters: string): boolean {
  if (letters.length < 2) return false;
  return letters.length > 2 || !/^[aio]/.test(letters) || PAIRS_WITH_WORDS.has(letters);
}

function isLetter(word: string | undefined): boolean {
  return word?.length === 1 && /[a-z]/.test(word);
}
