import { bootstrapInterval, type Interval } from './bootstrap.ts';
import { addCounts, type ErrorCounts, errorRate, NO_ERRORS, totalErrors } from './error-counts.ts';
import { type Distribution, distribution } from './quantile.ts';
import type { UtteranceResult } from './utterance-result.ts';

/** An error rate over a set of utterances. */
export interface RateSummary {
  readonly counts: ErrorCounts;
  /** Edits per reference word or character; `null` without any reference. */
  readonly rate: number | null;
  /** 95 % confidence interval by bootstrap over utterances. */
  readonly interval: Interval | null;
}

/** What a data set, or all of them together, came to. Latencies in seconds. */
export interface Summary {
  readonly name: string;
  readonly utterances: number;
  readonly audioSeconds: number;
  readonly wer: RateSummary;
  readonly cer: RateSummary;
  /** Share of utterances with at least one wrong word. */
  readonly sentenceErrorRate: number;
  /** Seconds of computing, on one thread, per second of audio; `null` when nothing was computed. */
  readonly rtf: number | null;
  readonly partialLatency: Distribution | null;
  /** From the end of a word to the event that shows it as stable. */
  readonly stableLatency: Distribution | null;
  /** Of the last word of each recording, counted from the end of the speech in the sound. */
  readonly lastWordLatency: Distribution | null;
  readonly finalLatency: Distribution | null;
  /** Words taken back per word of the finals; `null` without any word. */
  readonly churn: number | null;
  /** Share of the words that partials showed which were later taken back or changed; `null` without any. */
  readonly changedShare: number | null;
}

/** Seconds the engine spent, and the audio it spent them on. */
export interface ComputeTime {
  readonly busySeconds: number;
  readonly audioSeconds: number;
}

export function summarize(name: string, results: readonly UtteranceResult[], time: ComputeTime): Summary {
  const heard = sum(results, ({ partial }) => partial.length);
  const shown = sum(results, (result) => result.shown);
  return {
    name,
    utterances: results.length,
    audioSeconds: sum(results, ({ seconds }) => seconds),
    wer: rateSummary(results.map(({ words }) => words)),
    cer: rateSummary(results.map(({ characters }) => characters)),
    sentenceErrorRate:
      results.filter(({ words }) => totalErrors(words) > 0).length / Math.max(1, results.length),
    rtf: time.audioSeconds === 0 ? null : time.busySeconds / time.audioSeconds,
    partialLatency: distribution(results.flatMap(({ partial }) => partial)),
    stableLatency: distribution(results.flatMap(({ stable }) => stable)),
    lastWordLatency: distribution(results.flatMap(({ lastWord }) => lastWord)),
    finalLatency: distribution(results.flatMap(({ final }) => final)),
    churn: heard === 0 ? null : sum(results, ({ takenBack }) => takenBack) / heard,
    changedShare: shown === 0 ? null : sum(results, ({ takenBack }) => takenBack) / shown,
  };
}

/** The utterances with the most wrong words, worst first; among equals the higher error rate comes first. */
export function worst(results: readonly UtteranceResult[], n: number): UtteranceResult[] {
  const rate = ({ words }: UtteranceResult) => errorRate(words) ?? Number.POSITIVE_INFINITY;
  return results
    .filter(({ words }) => totalErrors(words) > 0)
    .sort((a, b) => totalErrors(b.words) - totalErrors(a.words) || rate(b) - rate(a))
    .slice(0, n);
}

/** The error rate over the edits of utterances. */
export function rateSummary(counts: readonly ErrorCounts[]): RateSummary {
  const total = counts.reduce(addCounts, NO_ERRORS);
  const samples = counts.map((each) => ({ errors: totalErrors(each), reference: each.reference }));
  return { counts: total, rate: errorRate(total), interval: bootstrapInterval(samples) };
}

function sum(results: readonly UtteranceResult[], value: (result: UtteranceResult) => number): number {
  return results.reduce((total, result) => total + value(result), 0);
}
