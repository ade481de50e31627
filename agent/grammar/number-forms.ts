import { cardinalWords, digitWords } from '../evaluation/number-words.ts';
import type { NumberRange } from './template.ts';

/** A number of a range: its value, and the ways to say it. */
export interface SpokenNumber {
  readonly value: number;
  readonly forms: readonly string[];
}

/** How many numbers `range` has. */
export function rangeSize({ from, to, step, fractions }: NumberRange): number {
  const whole = Math.floor((to - from) / step) + 1;
  return whole * FRACTIONS[fractions].length;
}

/** The numbers of `range`, smallest first. A fraction may follow the last number too, as in hassil. */
export function* spokenNumbers(range: NumberRange): Generator<SpokenNumber> {
  for (let whole = range.from; whole <= range.to; whole += range.step) {
    for (const tenths of FRACTIONS[range.fractions]) {
      const exact = whole < 0 ? whole - tenths / 10 : whole + tenths / 10;
      const value = Math.round(exact * range.multiplier * 1e6) / 1e6;
      yield { value, forms: numberForms(whole, tenths) };
    }
  }
}

const FRACTIONS = { none: [0], halves: [0, 5], tenths: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] } as const;

/** `120` → one hundred twenty, one hundred and twenty, a hundred twenty, a hundred and twenty. */
function numberForms(whole: number, tenths: number): string[] {
  const sign = whole < 0 ? 'minus ' : '';
  const plain = cardinalWords(Math.abs(whole));
  const withAnd = plain.replace(/hundred (?!thousand|million)/g, 'hundred and ');
  const wholes = [
    ...new Set([plain, withAnd].flatMap((form) => [form, form.replace(/^one (?=hundred|thousand)/, 'a ')])),
  ];
  const ends = tenths === 0 ? [''] : [` point ${digitWords(String(tenths))}`];
  if (tenths === 5) ends.push(' and a half');
  return wholes.flatMap((form) => ends.map((end) => `${sign}${form}${end}`));
}
