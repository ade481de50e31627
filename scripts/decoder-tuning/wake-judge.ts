import type { PhraseHeads } from '../../agent/decoder/phrase-evidence.ts';
import { WakeSpotter, type WakeSpotterOptions } from '../../agent/decoder/wake-spotter.ts';
import type { DevPhrase } from './dev-phrases.ts';
import type { ScoredClip } from './scored-clips.ts';

/** A phrase, how it is said, and where it is and is not. */
export interface JudgedPhrase extends DevPhrase {
  readonly sayings: readonly (readonly number[])[];
  readonly spelling: readonly number[] | null;
  /** Indices of the recordings without it. */
  readonly background: readonly number[];
}

/** Of the phrases that count alike; shares 0 to 1. */
export interface WakeJudgement {
  /** Share missed when each phrase has the lowest threshold with no alarm in the background. */
  readonly missedWithoutAlarm: number;
  /** The same with one alarm. */
  readonly missedWithOneAlarm: number;
}

/** The highest confidence of each phrase in each recording, `[recording][phrase]`. */
export type Peaks = readonly (readonly number[])[];

/** Never reached: nothing is told, so that nothing begins anew. */
const DEAF = 1;

/** Listens to every recording for every phrase. */
export function peaksOf(
  clips: readonly ScoredClip[],
  phrases: readonly JudgedPhrase[],
  { heads, options }: { readonly heads: PhraseHeads; readonly options: WakeSpotterOptions },
): Peaks {
  const spoken = phrases.map(({ text, sayings, spelling }) => ({ text, sayings, spelling, threshold: DEAF }));
  return clips.map(({ rows, steps }) => {
    const spotter = new WakeSpotter(spoken, heads, options);
    spotter.accept(rows, steps);
    return spotter.peaks();
  });
}

/** @param range of the phrases that are judged: from, to (not included) */
export function judgeWake(
  phrases: readonly JudgedPhrase[],
  peaks: Peaks,
  [from, to]: readonly [number, number],
): WakeJudgement {
  let [recordings, withoutAlarm, withOneAlarm] = [0, 0, 0];
  for (let index = from; index < to; index += 1) {
    const { said, background } = phrases[index]!;
    const alarms = background.map((clip) => peaks[clip]![index]!).sort((a, b) => b - a);
    for (const clip of said) {
      const peak = peaks[clip]![index]!;
      recordings += 1;
      if (peak <= (alarms[0] ?? 0)) withoutAlarm += 1;
      if (peak <= (alarms[1] ?? 0)) withOneAlarm += 1;
    }
  }
  return { missedWithoutAlarm: withoutAlarm / recordings, missedWithOneAlarm: withOneAlarm / recordings };
}

/** The confidence above which a phrase has, in the mean of the phrases, no more than `perHour` alarms. */
export function confidenceAt(
  phrases: readonly JudgedPhrase[],
  peaks: Peaks,
  { hours, perHour }: { readonly hours: number; readonly perHour: number },
): number {
  const alarms = phrases.flatMap(({ background }, index) => background.map((clip) => peaks[clip]![index]!));
  const allowed = Math.floor(perHour * hours * phrases.length);
  return alarms.sort((a, b) => b - a)[allowed] ?? 0;
}
