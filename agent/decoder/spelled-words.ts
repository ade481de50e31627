import type { Hypothesis, HypothesisWord } from './decoder.ts';
import type { TokenTable } from './token-table.ts';

/** A token sequence that the search considers, with the step at which each token was first emitted. */
export interface TokenSequence {
  /** Token ids without blanks and repeats. */
  readonly tokens: readonly number[];
  /** Step index (counted from the last `reset`) of each token's highest posterior; same length as `tokens`. */
  readonly steps: readonly number[];
  /** Posterior (0 to 1) of each token at that step; same length as `tokens`. */
  readonly posteriors: readonly number[];
  /** Natural-log score of the whole hypothesis, language model included. */
  readonly score: number;
}

/** A hypothesis of a search over tokens that spell words. */
export interface SpelledHypothesis extends Hypothesis, TokenSequence {}

/** A word spelled by the tokens `[first, end)` of a hypothesis, word-boundary marks left out. */
export interface SpelledWord {
  readonly text: string;
  readonly first: number;
  readonly end: number;
}

/** Joins tokens to words. Repeated, leading and trailing word-boundary marks make no empty words. */
export function spellWords(tokens: readonly number[], table: TokenTable): SpelledWord[] {
  const words: SpelledWord[] = [];
  let text = '';
  let first = 0;
  const close = (end: number) => {
    if (text !== '') words.push({ text, first, end });
    text = '';
  };
  for (const [index, token] of tokens.entries()) {
    if (table.startsWord(token)) close(index);
    if (text === '') first = index;
    text += table.text(token);
  }
  close(tokens.length);
  return words;
}

/**
 * The words of a token sequence. A word begins with the step of its first token's highest posterior and ends with
 * that of its last token; its confidence is the geometric mean of the posteriors of its tokens.
 */
export function spellHypothesis(sequence: TokenSequence, table: TokenTable): SpelledHypothesis {
  const { tokens, steps, posteriors } = sequence;
  const words: HypothesisWord[] = spellWords(tokens, table).map(({ text, first, end }) => ({
    text,
    startStep: steps[first]!,
    endStep: steps[end - 1]!,
    confidence: geometricMean(posteriors.slice(first, end)),
  }));
  const spelling = posteriors.filter((_, index) => table.text(tokens[index]!) !== '');
  return { ...sequence, words, confidence: geometricMean(spelling) };
}

/**
 * Number of leading words that are complete within the first `stableTokens` tokens: "can" does not count while
 * "cannot" is still possible.
 */
export function completeWords(tokens: readonly number[], stableTokens: number, table: TokenTable): number {
  const marksCompletion = table.wordBoundary !== null;
  let count = 0;
  let isInWord = false;
  for (let i = 0; i < stableTokens; i += 1) {
    const token = tokens[i]!;
    if (table.startsWord(token)) {
      if (isInWord) count += 1;
      isInWord = false;
    }
    isInWord ||= table.text(token) !== '';
  }
  return isInWord && !marksCompletion ? count + 1 : count;
}

/** Geometric mean of `posteriors`, from 0 to 1; 0 when there are none. */
export function geometricMean(posteriors: readonly number[]): number {
  if (posteriors.length === 0) return 0;
  const logSum = posteriors.reduce((sum, posterior) => sum + Math.log(posterior), 0);
  return Math.min(1, Math.exp(logSum / posteriors.length));
}
