import type { Hypothesis } from '../decoder/decoder.ts';
import type { TokenTable } from '../decoder/token-table.ts';
import type { Word } from './transcript-event.ts';

/** A word spelled by the tokens `[first, end)` of a hypothesis, word-boundary marks left out. */
export interface SpelledWord {
  readonly text: string;
  readonly first: number;
  readonly end: number;
  /** Number of leading tokens that must be known before the word can not become longer. */
  readonly completeAt: number;
}

/** Where the steps of a segment lie in the stream. */
export interface SegmentClock {
  /** Stream seconds at which step 0 of the segment begins. */
  readonly startSeconds: number;
  readonly stepSeconds: number;
  /** Stream seconds at which the audio ends, when that is known: steps over silence padding are cut to it. */
  readonly limitSeconds: number;
}

/** Joins tokens to words. Repeated, leading and trailing word-boundary marks make no empty words. */
export function spellWords(tokens: readonly number[], table: TokenTable): SpelledWord[] {
  const words: SpelledWord[] = [];
  const marksCompletion = table.wordBoundary !== null ? 1 : 0;
  let text = '';
  let first = 0;
  const close = (end: number) => {
    if (text !== '') words.push({ text, first, end, completeAt: end + marksCompletion });
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

/** The words as one line of text. */
export function joinWords(words: readonly SpelledWord[]): string {
  return words.map((word) => word.text).join(' ');
}

/**
 * Adds times and confidence. A word begins with the step of its first token's highest posterior and ends after
 * the step of its last token's; its confidence is the geometric mean of the posteriors of its tokens.
 */
export function timeWords(
  words: readonly SpelledWord[],
  { steps, posteriors }: Hypothesis,
  clock: SegmentClock,
): Word[] {
  return words.map(({ text, first, end }) => ({
    text,
    start: secondsAt(clock, steps[first]!),
    end: secondsAt(clock, steps[end - 1]! + 1),
    confidence: confidenceOf(posteriors.slice(first, end)),
  }));
}

/** Stream seconds at which `step` of the segment begins, to the millisecond. */
export function secondsAt(clock: SegmentClock, step: number): number {
  const seconds = Math.min(clock.startSeconds + step * clock.stepSeconds, clock.limitSeconds);
  return Math.round(seconds * 1000) / 1000;
}

/** Geometric mean of `posteriors` to four decimals; 0 when there are none. */
export function confidenceOf(posteriors: readonly number[]): number {
  if (posteriors.length === 0) return 0;
  const logSum = posteriors.reduce((sum, posterior) => sum + Math.log(posterior), 0);
  return Math.round(Math.min(1, Math.exp(logSum / posteriors.length)) * 1e4) / 1e4;
}
