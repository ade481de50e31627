import { PLAIN_MARKS, type Replacement, replaceAll, stripAccents, TAGS } from './text-replacement.ts';
import { spellNumbers } from './written-numbers.ts';

/** What must be read before NFKC takes it apart (`²` would become `2`, `½` would become `1⁄2`). */
const BEFORE_UNICODE: readonly Replacement[] = [
  ...PLAIN_MARKS,
  [/(?<=\d)½/g, ' and a half '],
  [/(?<=\d)¼/g, ' and a quarter '],
  [/(?<=\d)¾/g, ' and three quarters '],
  [/½/g, ' one half '],
  [/¼/g, ' one quarter '],
  [/¾/g, ' three quarters '],
  [/²/g, ' squared '],
  [/³/g, ' cubed '],
  [/№/g, ' number '],
  [/°\s?C\b|℃/g, ' degrees celsius '],
  [/°\s?F\b|℉/g, ' degrees fahrenheit '],
  [/°/g, ' degrees '],
];

/** Case still counts here: `St` before a name is a saint, `Main St` and `1st` are not. */
const ABBREVIATIONS: readonly Replacement[] = [
  TAGS,
  [/\bdr\./giu, 'doctor'],
  [/\bD[Rr](?= \p{Lu})/gu, 'doctor'], // where case does not count, \p{Lu} is any letter
  [/(?<!\p{Lu}[\p{L}']* )\bSt\.?(?= \p{Lu}\p{Ll})/gu, 'saint'],
  [/\bprof\./gi, 'professor'],
  [/\bsr\./gi, 'senior'],
  [/\b(?:no\.|#) ?(?=\d)|#(?=\d)/gi, 'number '],
];

const SYMBOLS: readonly Replacement[] = [
  [/&/g, ' and '],
  [/\+/g, ' plus '],
  [/@/g, ' at '],
  [/(?<=[a-z]{2})\.(?=(?:com|org|net|edu|gov)\b)/g, ' dot '],
];

/**
 * Everything that is left and is not a letter; apostrophes that do not stand between two letters; then the
 * abbreviations that are no words of their own, last because `mr1` and `mŕ` hold one only now.
 */
const REMAINDER: readonly Replacement[] = [
  [/[^a-z' ]/g, ' '],
  [/(?<![a-z])'+|'+(?![a-z])/g, ' '],
  [/ +/g, ' '],
  [/\bmr\b/g, 'mister'],
  [/\bmrs\b/g, 'missus'],
  [/\bjr\b/g, 'junior'],
  [/\bvs\b/g, 'versus'],
  [/\betc\b/g, 'et cetera'],
  [/\bgoodmorning\b/g, 'good morning'],
];

/**
 * Brings a written English text into the form that the acoustic model spells and that WER is counted on: the
 * letters a to z, apostrophes inside words, single spaces. The trainer uses this very function
 * (`scripts/normalize-text.ts`), so that training targets and references can not drift apart. In this order:
 *
 * 1. Typographic apostrophes, primes and backticks become `'`; so does a lost character (U+FFFD) between
 *    letters. Dashes become `-`. `½ ² ° №` and their like become words.
 * 2. Unicode NFKC.
 * 3. Tags in `[]`, `{}`, `<>` go away with what they hold; text in `()` stays. Dr, Prof, Sr, No are written out
 *    with their full stop (Dr also before a capital), St only before a capitalised word and not after one.
 * 4. Lower case; accents are stripped, `æ ø ß` and their like become ASCII letters.
 * 5. Numbers are spelled out as an American reads them, without "and": `342` three hundred forty two, up to
 *    999,999,999, longer ones and those with a leading zero digit by digit; four digits from 1100 to 2099 as
 *    a year; `3.14` three point one four; `21st`; `1990s`; `-5` minus five; `5:30`, `5:00` (o'clock), `5pm`
 *    (five p m); `$1.50` one dollar and fifty cents, also £ and €; `50%`; `1/2`; `#5` and `No. 5` number five.
 * 6. `&` and, `+` plus, `@` at, the dot of `.com` dot. Everything else outside a to z and `'` becomes a
 *    space, hyphens too: `p.m.` is `p m`, `well-known` two words.
 * 7. An apostrophe stays only between two letters (`don't`, `o'clock`): at the edge of a word it can not be
 *    heard and is often a quotation mark, so `'til` is `til` and `debtors'` is `debtors`.
 * 8. Spaces collapse and are trimmed. Mr, Mrs, vs, etc, Jr are written out; `goodmorning`, which CMUdict has, is two words.
 *
 * Fillers (um, uh) stay: they are spoken. Applying the function twice changes nothing more. Never throws.
 */
export function normalizeText(text: string): string {
  const written = replaceAll(replaceAll(text, BEFORE_UNICODE).normalize('NFKC'), ABBREVIATIONS);
  const spelled = spellNumbers(stripAccents(written.toLowerCase()));
  return replaceAll(replaceAll(spelled, SYMBOLS), REMAINDER).trim();
}

/** The words of a text whose words are one space apart; none for an empty text. */
export function splitWords(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
