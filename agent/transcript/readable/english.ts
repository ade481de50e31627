import { moneyRule, numberRule, ordinalRule, unitRule, yearRule } from './english-number-rules.ts';
import { capitaliseEnglish, isEnglishQuestion } from './english-sentences.ts';
import { digitsRule, lettersRule, mailRule, webRule } from './english-spelling-rules.ts';
import { clockRule, dateRule, pastHourRule } from './english-time-rules.ts';
import type { ReadableLanguage } from './readable-language.ts';

const NUMBER_RULES = [
  dateRule,
  pastHourRule,
  clockRule,
  moneyRule,
  unitRule,
  digitsRule,
  yearRule,
  ordinalRule,
  numberRule,
];

/** American English. Of rules that take equally many words the first wins. */
export const ENGLISH: ReadableLanguage = {
  rules: [mailRule, webRule, ...NUMBER_RULES, lettersRule],
  capitalise: capitaliseEnglish,
  isQuestion: isEnglishQuestion,
};

/** Capitals and marks alone: numbers stay words. */
export const ENGLISH_SENTENCES: ReadableLanguage = { ...ENGLISH, rules: [] };

/** Numbers alone, and what is made of them: all other words stay as they were said. */
export const ENGLISH_NUMERALS: ReadableLanguage = {
  ...ENGLISH,
  rules: NUMBER_RULES,
  capitalise: (words, at) => words[at]!,
};
