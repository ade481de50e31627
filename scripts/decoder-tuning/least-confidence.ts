import { totalErrors, wordErrors } from '../../agent/evaluation/error-counts.ts';

/** What was said in a recording, and the words that were found. */
export interface FoundClip {
  readonly reference: readonly string[];
  readonly words: readonly { readonly text: string; readonly confidence: number }[];
}

const STEPS = 20;

/**
 * The highest `transcript.minConfidence`, in twentieths, with which no more words are wrong than without: recordings in which
 * no word is that sure count as silent.
 */
export function leastConfidence(clips: readonly FoundClip[]): number {
  const without = errorsAbove(clips, 0);
  for (let step = STEPS; step > 0; step -= 1) {
    if (errorsAbove(clips, step / STEPS) <= without) return step / STEPS;
  }
  return 0;
}

function errorsAbove(clips: readonly FoundClip[], least: number): number {
  let errors = 0;
  for (const { reference, words } of clips) {
    const isSure = words.some(({ confidence }) => confidence >= least);
    errors += totalErrors(wordErrors(reference, isSure ? words.map(({ text }) => text) : []));
  }
  return errors;
}
