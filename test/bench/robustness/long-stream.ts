import type { Recognizer } from '../../../agent/engine/recognizer.ts';
import { type ErrorCounts, errorRate, wordErrors } from '../../../agent/evaluation/error-counts.ts';
import { type SpokenClip, transcribeStream, wordsOf } from './transcribe.ts';

const SAMPLE_RATE = 16_000;
/** Between recordings: a breath, so that speech goes on. */
const GAP = new Int16Array(0.3 * SAMPLE_RATE);
/** Between the halves: a pause that ends a segment. */
const PAUSE = 3 * SAMPLE_RATE;
/** A whole number of steps of 20, 30 or 40 ms: the halves meet the steps of the model alike. */
const STEPS = 0.12 * SAMPLE_RATE;

/** Word errors of one stream that hears the same recordings twice: what differs is how long the stream is open. */
export interface LongStream {
  readonly seconds: number;
  readonly halves: readonly { readonly counts: ErrorCounts; readonly rate: number | null }[];
}

/** Plays as many of the clips as fill half the time, a second time after that, in one stream. */
export async function longStream(
  engine: Recognizer,
  clips: readonly SpokenClip[],
  seconds: number,
): Promise<LongStream> {
  const half: SpokenClip[] = [];
  let samples = 0;
  for (const clip of clips) {
    if (samples + clip.samples.length + GAP.length > (seconds / 2) * SAMPLE_RATE) break;
    half.push(clip);
    samples += clip.samples.length + GAP.length;
  }
  const sounds = half.flatMap((clip) => [clip.samples, GAP]);
  const secondHalf = Math.ceil((samples + PAUSE) / STEPS) * STEPS;
  const finals = await transcribeStream(engine, [...sounds, new Int16Array(secondHalf - samples), ...sounds]);
  const middle = (secondHalf - PAUSE / 2) / SAMPLE_RATE;
  const words = finals.flatMap((final) => final.words);
  const reference = half.flatMap(({ text }) => wordsOf(text));
  return {
    seconds: (secondHalf + samples) / SAMPLE_RATE,
    halves: [words.filter(({ start }) => start < middle), words.filter(({ start }) => start >= middle)].map(
      (heard) => {
        const counts = wordErrors(reference, wordsOf(heard.map(({ text }) => text).join(' ')));
        return { counts, rate: errorRate(counts) };
      },
    ),
  };
}
