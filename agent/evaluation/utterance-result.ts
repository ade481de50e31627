import { characterErrors, type ErrorCounts, wordErrors } from './error-counts.ts';
import { countTakenBack, type LatencyMeasurements, measureLatency, type ObservedEvent } from './latency.ts';
import { normalizeText, splitWords } from './text-normalization.ts';

/** What one utterance gave; texts are normalised. */
export interface UtteranceResult extends LatencyMeasurements {
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
  readonly finals: number;
}

export interface ObservedUtterance {
  readonly file: string;
  readonly dataset: string;
  /** As written in the manifest. */
  readonly text: string;
  readonly seconds: number;
  /** When the end of the stream was told, on the same scale as `ObservedEvent.at`. */
  readonly finishedAt: number;
  readonly events: readonly ObservedEvent[];
}

/** Scores what a recognizer said about a recording; the texts of several finals are joined. */
export function scoreUtterance(observed: ObservedUtterance): UtteranceResult {
  const { file, dataset, seconds, events } = observed;
  const finals = events.flatMap(({ event }) => (event.type === 'final' ? [event.text] : []));
  const reference = normalizeText(observed.text);
  const hypothesis = normalizeText(finals.join(' '));
  return {
    file,
    dataset,
    seconds,
    reference,
    hypothesis,
    words: wordErrors(splitWords(reference), splitWords(hypothesis)),
    characters: characterErrors(reference, hypothesis),
    takenBack: countTakenBack(events),
    finals: finals.length,
    ...measureLatency(events, observed.finishedAt),
  };
}
