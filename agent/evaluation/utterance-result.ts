import { characterErrors, type ErrorCounts, wordErrors } from './error-counts.ts';
import type { TextNormalizer } from './language-rules.ts';
import {
  countShown,
  countTakenBack,
  type LatencyMeasurements,
  measureLatency,
  type ObservedEvent,
  type SpeechTimes,
} from './latency.ts';
import type { ManifestRow } from './manifest.ts';
import { splitWords } from './text-normalization.ts';

/** What one utterance gave; texts are normalised. */
export interface UtteranceResult extends LatencyMeasurements {
  /** Line of the manifest. */
  readonly line: number;
  readonly file: string;
  readonly dataset: string;
  /** Length of the recording. */
  readonly seconds: number;
  readonly reference: string;
  readonly hypothesis: string;
  readonly words: ErrorCounts;
  readonly characters: ErrorCounts;
  /** Words that partials showed and later took back or changed. */
  readonly takenBack: number;
  /** Words that partials showed: those that were not there before, or replaced another. */
  readonly shown: number;
  readonly finals: number;
}

/** A recording of a manifest, and what a recognizer said about it. */
export interface ObservedUtterance extends SpeechTimes {
  readonly row: ManifestRow;
  readonly seconds: number;
  readonly events: readonly ObservedEvent[];
  /** What brings reference and finals into one form: the rules of the model's language. */
  readonly normalize: TextNormalizer;
}

/**
 * Scores what a recognizer said about a recording; the texts of several finals are joined. `lastWord` is measured
 * only where the last word was recognized.
 */
export function scoreUtterance(observed: ObservedUtterance): UtteranceResult {
  const { row, seconds, events, normalize } = observed;
  const finals = events.flatMap(({ event }) => (event.type === 'final' ? [event.text] : []));
  const reference = normalize(row.text);
  const hypothesis = normalize(finals.join(' '));
  const latency = measureLatency(events, observed);
  return {
    line: row.line,
    file: row.file,
    dataset: row.dataset,
    seconds,
    reference,
    hypothesis,
    words: wordErrors(splitWords(reference), splitWords(hypothesis)),
    characters: characterErrors(reference, hypothesis),
    takenBack: countTakenBack(events),
    shown: countShown(events),
    finals: finals.length,
    ...latency,
    lastWord: endsAlike(reference, hypothesis) ? latency.lastWord : [],
  };
}

/** Where the last word was not recognized, the last one that was says nothing about the end of the speech. */
function endsAlike(reference: string, hypothesis: string): boolean {
  return splitWords(reference).at(-1) === splitWords(hypothesis).at(-1);
}
