import type { Final, Partial, TranscriptEvent } from '../transcript/transcript-event.ts';
import { splitWords } from './text-normalization.ts';

/** An event, and how many seconds of the stream's audio had been spoken when it was there. */
export interface ObservedEvent {
  readonly event: TranscriptEvent;
  /**
   * Seconds of stream audio. In a run paced in real time: the time on the clock since the first sample was due,
   * so that computing, queues and chunking are in it. In a fast run: the audio that the engine had heard,
   * so that only what the algorithm itself waits for is in it.
   */
  readonly at: number;
}

/** Moments on the scale of `ObservedEvent.at` that the events themselves do not tell. */
export interface SpeechTimes {
  /** Where the speech ends in the sound itself; `null` when that is not known. */
  readonly speechEnd: number | null;
  /** When the recognizer was told that the stream has ended. */
  readonly finishedAt: number;
}

/** Seconds. */
export interface LatencyMeasurements {
  /** One per word of a final, from the word's end as the final dates it. */
  readonly partial: readonly number[];
  /** One per word of a final, from the word's end to the event that shows it as stable: a partial or the final. */
  readonly stable: readonly number[];
  /** For the last word of the recording, from the end of the speech in the sound; none when one is missing. */
  readonly lastWord: readonly number[];
  /** One per final that has words. */
  readonly final: readonly number[];
}

/** One segment as it was seen: its partials in order, and its final. */
interface Segment {
  readonly partials: readonly {
    readonly words: readonly string[];
    readonly stableWords: number;
    readonly at: number;
  }[];
  readonly final: Final;
  readonly finalAt: number;
}

/**
 * Partial latency of a word: from its end to the first partial that shows it and after which no partial takes it
 * back or changes it; the final counts where no partial did. Stable latency: to the first partial that promises the
 * word, or the final. A CTC model dates a word by its own output, which
 * may come later than the sound: only `lastWord` has that delay in it.
 *
 * Final latency: from the end of the segment's last word (of the speech itself, for the last segment) to the
 * final, where an endpoint made it; where it was asked for (end of the stream, flush), from the asking.
 */
export function measureLatency(events: readonly ObservedEvent[], times: SpeechTimes): LatencyMeasurements {
  const segments = segmentsOf(events).filter(({ final }) => final.words.length > 0);
  const last = segments.at(-1);
  return {
    partial: segments.flatMap((segment) =>
      segment.final.words.map(({ end }, index) => shownAt(segment, index) - end),
    ),
    stable: segments.flatMap((segment) =>
      segment.final.words.map(({ end }, index) => stableAt(segment, index) - end),
    ),
    lastWord:
      last === undefined || times.speechEnd === null
        ? []
        : [shownAt(last, last.final.words.length - 1) - times.speechEnd],
    final: segments.map((segment) => finalLatency(segment, segment === last, times)),
  };
}

/**
 * Words that a later partial or the final of their segment takes back or changes, counted every time. A last
 * word that only grows at its end (`hel` → `hello`) is not taken back.
 */
export function countTakenBack(events: readonly ObservedEvent[]): number {
  let taken = 0;
  for (const { partials, final } of segmentsOf(events)) {
    const shown = [...partials.map(({ words }) => words), splitWords(final.text)];
    for (let index = 1; index < shown.length; index++) taken += takenBack(shown[index - 1]!, shown[index]!);
  }
  return taken;
}

/** Words that partials showed: those that were not there before, or came in the place of another. */
export function countShown(events: readonly ObservedEvent[]): number {
  let shown = 0;
  for (const { partials } of segmentsOf(events)) {
    let before: readonly string[] = [];
    for (const { words } of partials) {
      shown += words.filter((_, index) => !staysAt(index, before, words)).length;
      before = words;
    }
  }
  return shown;
}

/** Words of `before` that `after` does not have in their places, but for a last word that grew. */
function takenBack(before: readonly string[], after: readonly string[]): number {
  return before.filter((_, index) => !staysAt(index, before, after)).length;
}

function staysAt(index: number, before: readonly string[], after: readonly string[]): boolean {
  const word = before[index];
  const now = after[index];
  if (word === undefined || now === undefined) return false;
  return now === word || (index === before.length - 1 && now.startsWith(word));
}

/** When the word was there for good. */
function shownAt({ partials, final, finalAt }: Segment, index: number): number {
  const { text } = final.words[index]!;
  const missing = partials.findLastIndex(({ words }) => words[index] !== text);
  return partials[missing + 1]?.at ?? finalAt;
}

/** When the word was promised. */
function stableAt({ partials, finalAt }: Segment, index: number): number {
  return partials.find(({ stableWords }) => stableWords > index)?.at ?? finalAt;
}

function finalLatency({ final, finalAt }: Segment, isLast: boolean, times: SpeechTimes): number {
  if (final.reason === 'end' || final.reason === 'flush') return finalAt - times.finishedAt;
  const spokenUntil = final.words.at(-1)!.end;
  return finalAt - (isLast ? (times.speechEnd ?? spokenUntil) : spokenUntil);
}

function segmentsOf(events: readonly ObservedEvent[]): Segment[] {
  return events
    .filter((observed): observed is ObservedEvent & { event: Final } => observed.event.type === 'final')
    .map(({ event: final, at: finalAt }) => ({
      final,
      finalAt,
      partials: events
        .filter(
          (observed): observed is ObservedEvent & { event: Partial } =>
            observed.event.type === 'partial' && observed.event.segment === final.segment,
        )
        .map(({ event, at }) => ({
          words: splitWords(event.text),
          stableWords: splitWords(event.stable).length,
          at,
        })),
    }));
}
