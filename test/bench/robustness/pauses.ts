import type { Recognizer } from '../../../agent/engine/recognizer.ts';
import type { RateSummary } from '../../../agent/evaluation/summary.ts';
import { concatInt16 } from '../../support/concat-int16.ts';
import { type SpokenClip, wordErrorRate } from './transcribe.ts';

const SAMPLE_RATE = 16_000;
const SECONDS = [0.3, 1.5, 5] as const;
const CLIPS_A_STREAM = 10;

/** Word errors of streams in which somebody says a sentence, pauses, and says another. */
export interface PauseResult {
  /** Between two recordings; null where each has a stream of its own. */
  readonly seconds: number | null;
  readonly withEndpoints: RateSummary;
  readonly withoutEndpoints: RateSummary;
}

export async function comparePauses(
  engine: Recognizer,
  clips: readonly SpokenClip[],
): Promise<PauseResult[]> {
  const results: PauseResult[] = [await measure(engine, clips, null)];
  for (const seconds of SECONDS) results.push(await measure(engine, joined(clips, seconds), seconds));
  return results;
}

async function measure(
  engine: Recognizer,
  clips: readonly SpokenClip[],
  seconds: number | null,
): Promise<PauseResult> {
  return {
    seconds,
    withEndpoints: await wordErrorRate(engine, clips, true),
    withoutEndpoints: await wordErrorRate(engine, clips, false),
  };
}

/** Some recordings after the other, digital silence between them. */
function joined(clips: readonly SpokenClip[], seconds: number): SpokenClip[] {
  const pause = new Int16Array(seconds * SAMPLE_RATE);
  const streams: SpokenClip[] = [];
  for (let start = 0; start < clips.length; start += CLIPS_A_STREAM) {
    const part = clips.slice(start, start + CLIPS_A_STREAM);
    const samples = concatInt16(part.flatMap(({ samples }) => [samples, pause]));
    streams.push({ text: part.map(({ text }) => text).join(' '), samples });
  }
  return streams;
}
