import {
  amountText,
  below100,
  cardinal,
  digit,
  numberText,
  ordinal,
  ordinalText,
  type SpokenNumber,
  year,
} from './english-numbers.ts';
import { type Rewrite, type Rule, rewrite } from './readable-language.ts';

interface WrittenNumber {
  readonly text: string;
  readonly length: number;
}

/** `minus three point one four`, `two hundred`, `nineteen eighty four`: what may stand before a unit. */
function writtenNumber(words: readonly string[], at: number): WrittenNumber | null {
  const sign = words[at] === 'minus' || words[at] === 'negative' ? 1 : 0;
  const whole = cardinal(words, at + sign);
  if (whole === null) return null;
  const decimals = digitsAfterPoint(words, at + sign + whole.length);
  const length = sign + whole.length;
  const minus = sign ? '-' : '';
  if (decimals === null) return { text: `${minus}${amountText(whole.value)}`, length };
  return scaled(words, at, {
    text: `${minus}${numberText(whole.value)}.${decimals.text}`,
    length: length + decimals.length,
  });
}

/** `1.5 million` */
function scaled(words: readonly string[], at: number, { text, length }: WrittenNumber): WrittenNumber {
  const scale = words[at + length] ?? '';
  return /^(million|billion|trillion)$/.test(scale)
    ? { text: `${text} ${scale}`, length: length + 1 }
    : { text, length };
}

function digitsAfterPoint(words: readonly string[], at: number): WrittenNumber | null {
  if (words[at] !== 'point') return null;
  let text = '';
  let end = at + 1;
  for (; ; end += 1) {
    const value = words[end] === 'oh' ? 0 : digit(words[end]);
    if (value < 0) break;
    text += value;
  }
  if (text !== '') return { text, length: end - at };
  const rest = below100(words, end);
  return rest === null ? null : { text: String(rest.value), length: 1 + rest.length };
}

/** Whole numbers from 10 up, and decimals; `one` to `nine` by themselves stay words. */
export const numberRule: Rule = (words, at) => {
  const number = writtenNumber(words, at);
  if (number === null) return null;
  return number.length === 1 && digit(words[at]) >= 0 ? null : rewrite(number.text, number.length);
};

/** `in nineteen eighty four`, `the nineteen nineties`. */
export const yearRule: Rule = (words, at) => {
  const decade = /^(.*)ties$/.exec(words[at + 1] ?? '')?.[1];
  const tens = decade === undefined ? null : below100([`${decade}ty`], 0);
  const century = below100(words, at)?.value ?? 0;
  if (tens !== null && tens.value % 10 === 0 && century >= 13 && century <= 20) {
    return rewrite(`${century}${tens.value}s`, 2);
  }
  const spoken = year(words, at);
  return spoken && rewrite(String(spoken.value), spoken.length);
};

/** `twenty first`; `first` to `ninth` stay words. */
export const ordinalRule: Rule = (words, at) => {
  const spoken = ordinal(words, at);
  return spoken === null || spoken.value < 10 ? null : rewrite(ordinalText(spoken.value), spoken.length);
};

const UNITS = new Map([
  ['percent', '%'],
  ['per cent', '%'],
  ['degrees celsius', ' °C'],
  ['degrees fahrenheit', ' °F'],
  ['kilometers per hour', ' km/h'],
  ['kilometres per hour', ' km/h'],
  ['miles per hour', ' mph'],
  ['kilograms', ' kg'],
  ['kilometers', ' km'],
  ['kilometres', ' km'],
  ['centimeters', ' cm'],
  ['centimetres', ' cm'],
  ['millimeters', ' mm'],
  ['millimetres', ' mm'],
  ['milliseconds', ' ms'],
  ['megabytes', ' MB'],
  ['gigabytes', ' GB'],
]);

/** `five percent`, `minus three degrees celsius`. */
export const unitRule: Rule = (words, at) => {
  const number = writtenNumber(words, at);
  if (number === null) return null;
  for (let length = 3; length > 0; length -= 1) {
    const unit = UNITS.get(words.slice(at + number.length, at + number.length + length).join(' '));
    if (unit === undefined) continue;
    if (unit.startsWith(' ')) return twoTokens(number, unit.slice(1), length);
    return rewrite(number.text + unit, number.length + length);
  }
  return null;
};

function twoTokens(number: WrittenNumber, unit: string, length: number): Rewrite {
  return {
    length: number.length + length,
    tokens: [
      { text: number.text, length: number.length },
      { text: unit, length },
    ],
  };
}

const CURRENCIES = new Map([
  ['dollar', { sign: '$', minor: /^cents?$/ }],
  ['pound', { sign: '£', minor: /^(pence|penny)$/ }],
  ['euro', { sign: '€', minor: /^cents?$/ }],
]);

/** `five dollars and fifty cents`, `two pounds fifty`, `three million euros`. Pounds alone may be a weight: left. */
export const moneyRule: Rule = (words, at) => {
  const number = writtenNumber(words, at);
  const currency = number && CURRENCIES.get((words[at + number.length] ?? '').replace(/s$/, ''));
  if (!number || !currency) return null;
  const units = number.length + 1;
  const change = changeOf(words, at + units, currency.minor);
  if (change === null && currency.sign === '£' && words[at + units] !== 'sterling') return null;
  const sterling = currency.sign === '£' && change === null ? 1 : 0;
  if (change === null) return rewrite(signed(currency.sign, number.text), units + sterling);
  if (/\D/.test(number.text.replaceAll(',', ''))) return null;
  const cents = String(change.value).padStart(2, '0');
  return rewrite(`${currency.sign}${number.text}.${cents}`, units + change.length);
};

function signed(sign: string, amount: string): string {
  return amount.startsWith('-') ? `-${sign}${amount.slice(1)}` : sign + amount;
}

/** `and fifty cents`, `fifty cents`; `fifty` alone when it has two digits and nothing that it may count follows. */
function changeOf(words: readonly string[], at: number, minor: RegExp): SpokenNumber | null {
  const skip = words[at] === 'and' ? 1 : 0;
  const cents = below100(words, at + skip);
  if (cents === null) return null;
  if (minor.test(words[at + skip + cents.length] ?? ''))
    return { value: cents.value, length: skip + cents.length + 1 };
  const ends = at + cents.length === words.length;
  return skip === 0 && ends && cents.value >= 10 ? cents : null;
}
