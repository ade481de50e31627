import { below100, digit, ordinal, type SpokenNumber, year } from './english-numbers.ts';
import { type Rule, rewrite } from './readable-language.ts';

/** Before these, `ten thirty` is a time. */
const TIME_PREPOSITIONS = new Set(
  'at by until till from before after around about past since to between is its'.split(' '),
);
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

function hour(words: readonly string[], at: number): SpokenNumber | null {
  const spoken = below100(words, at);
  return spoken !== null && spoken.value <= 12 && spoken.length === 1 ? spoken : null;
}

/** `oh five`, `thirty`, `forty five`: minutes after an hour. */
function minutes(words: readonly string[], at: number): SpokenNumber | null {
  if (words[at] === 'oh' || words[at] === 'o') {
    const ones = digit(words[at + 1]);
    return ones > 0 ? { value: ones, length: 2 } : null;
  }
  const spoken = below100(words, at);
  return spoken !== null && spoken.value >= 10 && spoken.value < 60 ? spoken : null;
}

/** `a m`, `pm`: the written half of the day and its number of words. */
function dayHalf(words: readonly string[], at: number): { text: string; length: number } | null {
  if (/^[ap]m$/.test(words[at] ?? '')) return { text: words[at]!, length: 1 };
  return /^[ap]$/.test(words[at] ?? '') && words[at + 1] === 'm'
    ? { text: `${words[at]}m`, length: 2 }
    : null;
}

function clock(hours: number, minute: number): string {
  return `${hours}:${String(minute).padStart(2, '0')}`;
}

/** `ten thirty p m`, `at ten thirty`, `ten o'clock`, `five a m`. */
export const clockRule: Rule = (words, at) => {
  const hours = hour(words, at);
  if (hours === null) return null;
  const next = at + hours.length;
  if (words[next] === "o'clock") return rewrite(clock(hours.value, 0), hours.length + 1);
  const minute = minutes(words, next);
  const length = hours.length + (minute?.length ?? 0);
  const half = dayHalf(words, at + length);
  if (half !== null) {
    const time = minute === null ? String(hours.value) : clock(hours.value, minute.value);
    return {
      length: length + half.length,
      tokens: [
        { text: time, length },
        { text: half.text, length: half.length },
      ],
    };
  }
  const isTime = minute !== null && TIME_PREPOSITIONS.has(words[at - 1] ?? '');
  return isTime ? rewrite(clock(hours.value, minute.value), length) : null;
};

/** `half past ten`, `quarter to nine`, `a quarter past one`, `twenty past five`, `ten minutes to six`. */
export const pastHourRule: Rule = (words, at) => {
  const skip = words[at] === 'a' && words[at + 1] === 'quarter' ? 1 : 0;
  const part = minutesOfHour(words, at + skip);
  if (part === null) return null;
  const join = words[at + skip + part.length] ?? '';
  const hours = hour(words, at + skip + part.length + 1);
  if (hours === null || !(join === 'past' || (join === 'to' && part.isClear))) return null;
  const to = join === 'to';
  const hourValue = to ? ((hours.value + 10) % 12) + 1 : hours.value;
  const length = skip + part.length + 1 + hours.length;
  const oclock = words[at + length] === "o'clock" ? 1 : 0;
  return rewrite(clock(hourValue, to ? 60 - part.value : part.value), length + oclock);
};

/** `isClear`: it can only be a part of an hour, so `to` after it does not make a range (`nine to five`). */
function minutesOfHour(
  words: readonly string[],
  at: number,
): (SpokenNumber & { readonly isClear: boolean }) | null {
  if (words[at] === 'half' && words[at + 1] === 'past') return { value: 30, length: 1, isClear: false };
  if (words[at] === 'quarter') return { value: 15, length: 1, isClear: true };
  const spoken = below100(words, at);
  if (spoken === null || spoken.value >= 60) return null;
  const named = /^minutes?$/.test(words[at + spoken.length] ?? '');
  if (!named && spoken.value % 5 !== 0) return null;
  return { value: spoken.value, length: spoken.length + (named ? 1 : 0), isClear: named };
}

/** `march third twenty twenty four`, `december twenty five`, `may first`: a day of a month, perhaps with its year. */
export const dateRule: Rule = (words, at) => {
  const month = MONTHS.find((name) => name.toLowerCase() === words[at]);
  if (month === undefined) return null;
  const skip = words[at + 1] === 'the' ? 1 : 0;
  const day = dayOf(words, at + 1 + skip, skip === 1 || month === 'May' || month === 'March');
  if (day === null) {
    const alone = year(words, at + 1);
    return alone === null ? null : twoParts(month, 1, { text: String(alone.value), length: alone.length });
  }
  const length = 2 + skip + day.length - 1;
  const date = `${month} ${day.value}`;
  const dated = year(words, at + length);
  if (dated === null) return splitAt(date, length);
  return {
    length: length + dated.length,
    tokens: [
      { text: month, length: 1 },
      { text: `${day.value},`, length: length - 1 },
      { text: String(dated.value), length: dated.length },
    ],
  };
};

/** A month before a year is not a day: `march twenty twenty four`. */
function dayOf(words: readonly string[], at: number, mustBeOrdinal: boolean): SpokenNumber | null {
  const day = ordinal(words, at);
  if (day !== null) return day.value <= 31 ? day : null;
  if (mustBeOrdinal || year(words, at) !== null) return null;
  const spoken = below100(words, at);
  return spoken !== null && spoken.value <= 31 ? spoken : null;
}

function twoParts(first: string, length: number, second: { text: string; length: number }) {
  return { length: length + second.length, tokens: [{ text: first, length }, second] };
}

function splitAt(date: string, length: number) {
  const [month, day] = date.split(' ') as [string, string];
  return twoParts(month, 1, { text: day, length: length - 1 });
}
