import { moneyRule, numberRule, ordinalRule, unitRule, yearRule } from './english-number-rules.ts';
import { capitaliseEnglish, isEnglishQuestion } from './english-sentences.ts';
import { digitsRule, lettersRule, mailRule, webRule } from './english-spelling-rules.ts';
import { clockRule, dateRule, pastHourRule } from './english-time-rules.ts';
import type { ReadableLanguage } from './readable-language.ts';

/** American English. Of rules that take equally many words the first wins. */
export const ENGLISH: ReadableLanguage = {
  rules: [
    mailRule,
    webRule,
    dateRule,
    pastHourRule,
    clockRule,
    moneyRule,
    unitRule,
    digitsRule,
    yearRule,
    ordinalRule,
    numberRule,
    lettersRule,
  ],
  capitalise: capitaliseEnglish,
  isQuestion: isEnglishQuestion,
};
