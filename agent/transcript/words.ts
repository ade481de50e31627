import type { HypothesisWord } from '../decoder/decoder.ts';
import type { Word } from './transcript-event.ts';

/** Where the steps of a segment lie in the stream. */
export interface SegmentClock {
  /** Stream seconds at which step 0 of the segment begins. */
  readonly startSeconds: number;
  readonly stepSeconds: number;
  /** Stream seconds at which the audio ends, when that is known: steps over silence padding are cut to it. */
  readonly limitSeconds: number;
}

/** The words as one line of text. */
export function joinWords(words: readonly { readonly text: string }[]): string {
  return words.map((word) => word.text).join(' ');
}

/** The words with their times in the stream: from the begin of the first step to the end of the last. */
export function timeWords(words: readonly HypothesisWord[], clock: SegmentClock): Word[] {
  return words.map(({ text, startStep, endStep, confidence }) => ({
    text,
    start: secondsAt(clock, startStep),
    end: secondsAt(clock, endStep + 1),
    confidence: roundConfidence(confidence),
  }));
}

/** Stream seconds at which `step` of the segment begins, to the millisecond. */
export function secondsAt(clock: SegmentClock, step: number): number {
  const seconds = Math.min(clock.startSeconds + step * clock.stepSeconds, clock.limitSeconds);
  return Math.round(seconds * 1000) / 1000;
}

/** A confidence as events carry it: to four decimals. */
export function roundConfidence(confidence: number): number {
  return Math.round(confidence * 1e4) / 1e4;
}
