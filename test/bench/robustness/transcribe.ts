import type { Recognizer } from '../../../agent/engine/recognizer.ts';
import type { StreamOptions } from '../../../agent/engine/speech-engine.ts';
import { wordErrors } from '../../../agent/evaluation/error-counts.ts';
import { type RateSummary, rateSummary } from '../../../agent/evaluation/summary.ts';
import { normalizeText, splitWords } from '../../../agent/evaluation/text-normalization.ts';
import type { Final } from '../../../agent/transcript/transcript-event.ts';
import { recognize } from '../../support/recognize.ts';

const STREAMS_AT_ONCE = 8;
/** Samples given to a stream at once: 100 ms. */
const CHUNK = 1600;

/** A recording and what was said in it. */
export interface SpokenClip {
  readonly text: string;
  /** 16 kHz mono, int16 range. */
  readonly samples: Int16Array;
}

/** The finals of one long stream, endpoints found as in dictation. */
export async function transcribeStream(engine: Recognizer, sounds: Iterable<Int16Array>): Promise<Final[]> {
  return finalsOf(engine, sounds, { partials: false });
}

/** The word error rate of clips, each a stream of its own that ends with the clip, as `earshot eval` has it unless ends are found. */
export async function wordErrorRate(
  engine: Recognizer,
  clips: readonly SpokenClip[],
  findsEnds = false,
): Promise<RateSummary> {
  const heard = await transcribeClips(engine, clips, findsEnds);
  return rateSummary(clips.map(({ text }, i) => wordErrors(wordsOf(text), wordsOf(heard[i]!))));
}

/** What the engine hears in each clip. */
export async function transcribeClips(
  engine: Recognizer,
  clips: readonly SpokenClip[],
  findsEnds = false,
): Promise<string[]> {
  const texts: string[] = [];
  const queue = clips.entries();
  const work = async () => {
    for (const [index, { samples }] of queue) {
      const finals = await finalsOf(engine, [samples], { partials: false, endpoint: { enabled: findsEnds } });
      texts[index] = finals.map(({ text }) => text).join(' ');
    }
  };
  await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, work));
  return texts;
}

/** A text as it is scored. */
export function wordsOf(text: string): string[] {
  return splitWords(normalizeText(text));
}

async function finalsOf(
  engine: Recognizer,
  sounds: Iterable<Int16Array>,
  options: StreamOptions,
): Promise<Final[]> {
  const events = await recognize(engine, chunksOf(sounds), options);
  return events.filter((event) => event.type === 'final');
}

function* chunksOf(sounds: Iterable<Int16Array>): Generator<Int16Array> {
  for (const samples of sounds) {
    for (let start = 0; start < samples.length; start += CHUNK) yield samples.subarray(start, start + CHUNK);
  }
}
