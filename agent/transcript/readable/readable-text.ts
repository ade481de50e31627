import type { ReadableLanguage, Rewrite, Rule } from './readable-language.ts';

/** A piece of readable text, and the raw words that it stands for. */
export interface ReadableToken {
  /** Without white space. */
  readonly text: string;
  /** Index of the first raw word. */
  readonly from: number;
  /** Index after the last raw word; always more than `from`. */
  readonly to: number;
}

/** Words as people write them. The tokens stand for all raw words, in order, each once. */
export interface ReadableText {
  /** The tokens, one space apart. */
  readonly text: string;
  readonly tokens: readonly ReadableToken[];
}

export interface ReadableOptions {
  /** The words begin a sentence: a capital. */
  readonly startsSentence: boolean;
  /** The words end one: a full stop or question mark. */
  readonly endsSentence: boolean;
}

/**
 * Writes spoken words as people do: numbers, times, money, addresses, capitals, the mark at the end. At each word the
 * rule that takes the most words wins, of equals the first. Pure, and linear in the number of words.
 */
export function toReadable(
  words: readonly string[],
  language: ReadableLanguage,
  { startsSentence, endsSentence }: ReadableOptions,
): ReadableText {
  if (words.length === 0) return { text: '', tokens: [] };
  const tokens: ReadableToken[] = [];
  for (let from = 0; from < words.length; from = tokens.at(-1)!.to) {
    const rewrite = longestRewrite(words, from, language.rules);
    if (rewrite === null) tokens.push({ text: language.capitalise(words, from), from, to: from + 1 });
    else tokens.push(...placed(rewrite, from));
  }
  if (startsSentence) tokens[0] = { ...tokens[0]!, text: upperFirst(tokens[0]!.text) };
  if (endsSentence) {
    const last = tokens.at(-1)!;
    tokens[tokens.length - 1] = {
      ...last,
      text: withMark(last.text, language.isQuestion(words) ? '?' : '.'),
    };
  }
  return { text: tokens.map(({ text }) => text).join(' '), tokens };
}

function longestRewrite(words: readonly string[], from: number, rules: readonly Rule[]): Rewrite | null {
  let longest: Rewrite | null = null;
  for (const rule of rules) {
    const rewrite = rule(words, from);
    if (rewrite !== null && rewrite.length > (longest?.length ?? 0)) longest = rewrite;
  }
  return longest;
}

/** A rewrite of several tokens, such as `March 3,` and `2024`, says how many words each takes. */
function placed({ tokens, length }: Rewrite, from: number): ReadableToken[] {
  let at = from;
  return tokens.map(({ text, length: own }, i) => {
    const to = i === tokens.length - 1 ? from + length : at + own;
    const token = { text, from: at, to };
    at = to;
    return token;
  });
}

/** An address keeps its small letter only where it is one: `john@example.com`, but `Www` never. */
function upperFirst(text: string): string {
  return /[@/]|\w\.\w/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** `a.m.` and its like end a sentence without a second full stop. */
function withMark(text: string, mark: string): string {
  return mark === '.' && text.endsWith('.') ? text : text + mark;
}
