import { totalErrors, wordErrors } from '../../agent/evaluation/error-counts.ts';

/** What was said in a recording, and the words that were found. */
export interface FoundClip {
  readonly reference: readonly string[];
  readonly words: readonly { readonly text: string; readonly confidence: number }[];
}

const STEPS = 10;
/** Share of the words that may be lost for silence in noise. */
const LOST = 1 / 5000;

/**
 * The highest `transcript.minConfidence`, in tenths, that costs next to no word: recordings in which no word is that sure
 * count as silent.
 */
export function leastConfidence(clips: readonly FoundClip[]): number {
  const words = clips.reduce((sum, { reference }) => sum + reference.length, 0);
  const most = errorsAbove(clips, 0) + words * LOST;
  for (let step = STEPS; step > 0; step -= 1) {
    if (errorsAbove(clips, step / STEPS) <= most) return step / STEPS;
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
