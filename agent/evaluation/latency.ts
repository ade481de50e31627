import type { Final, Partial, TranscriptEvent } from '../transcript/transcript-event.ts';
import { splitWords } from './text-normalization.ts';

/** An event, and how many seconds of the stream's audio had been spoken when it was there. */
export interface ObservedEvent {
  readonly event: TranscriptEvent;
  /**
   * Seconds of stream audio. In a run paced in real time: the time on the clock since the first sample was due,
   * so that computing, queues and chunking are in it. In a fast run: the audio that the engine had consumed,
   * so that only what the algorithm itself waits for is in it.
   */
  readonly at: number;
}

export interface LatencyMeasurements {
  /** Seconds, one per word of a final. */
  readonly partial: readonly number[];
  /** Seconds, one per final that has words. */
  readonly final: readonly number[];
}

/** One segment as it was seen: its partials in order, and its final. */
interface Segment {
  readonly partials: readonly { readonly words: readonly string[]; readonly at: number }[];
  readonly final: Final;
  readonly finalAt: number;
}

/**
 * Partial latency of a word: from the end of its sound (as the final dates it) to the first partial that shows it
 * and after which no partial takes it back or changes it; the final counts where no partial did.
 * Final latency: from the end of the last word to the final where an endpoint made it. Where the
 * speaker's side asked for it (end of the stream, flush), from the moment `askedAt` of asking.
 */
export function measureLatency(events: readonly ObservedEvent[], askedAt: number): LatencyMeasurements {
  const segments = segmentsOf(events).filter(({ final }) => final.words.length > 0);
  return {
    partial: segments.flatMap(wordLatencies),
    final: segments.map(({ final, finalAt }) => {
      const spokenUntil = final.words.at(-1)!.end;
      return finalAt - (isAsked(final) ? Math.max(spokenUntil, askedAt) : spokenUntil);
    }),
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

function isAsked({ reason }: Final): boolean {
  return reason === 'end' || reason === 'flush';
}

function takenBack(before: readonly string[], after: readonly string[]): number {
  return before.filter((word, index) => {
    const now = after[index];
    const grows = index === before.length - 1 && now?.startsWith(word);
    return now !== word && !grows;
  }).length;
}

function wordLatencies({ partials, final, finalAt }: Segment): number[] {
  return final.words.map(({ text, end }, index) => {
    const missing = partials.findLastIndex(({ words }) => words[index] !== text);
    const shownAt = partials[missing + 1]?.at ?? finalAt;
    return shownAt - end;
  });
}

function segmentsOf(events: readonly ObservedEvent[]): Segment[] {
  return events
    .filter((observed): observed is ObservedEvent & { event: Final } => observed.event.type === 'final')
    .map(({ event: final, at: finalAt }) => ({
      final,
      finalAt,
      partials: events
        .filter(({ event }) => event.type === 'partial' && event.segment === final.segment)
        .map(({ event, at }) => ({ words: splitWords((event as Partial).text), at })),
    }));
}
