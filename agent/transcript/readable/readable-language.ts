/** What a rule makes of the words from a place on. */
export interface Rewrite {
  /** Number of raw words taken, 1 or more. */
  readonly length: number;
  /** What is written, each with its number of raw words; together they have `length`. */
  readonly tokens: readonly { readonly text: string; readonly length: number }[];
}

/** Looks at the words from `at` on; `null`: the rule has nothing to say here. */
export type Rule = (words: readonly string[], at: number) => Rewrite | null;

/** Everything that depends on the language: another language is another one of these. */
export interface ReadableLanguage {
  readonly rules: readonly Rule[];
  /** The word at a place that no rule takes, with a capital where the language wants one. */
  readonly capitalise: (words: readonly string[], at: number) => string;
  /** Whether the words as a sentence ask something. */
  readonly isQuestion: (words: readonly string[]) => boolean;
}

/** A rewrite to one token. */
export function rewrite(text: string, length: number): Rewrite {
  return { length, tokens: [{ text, length }] };
}
