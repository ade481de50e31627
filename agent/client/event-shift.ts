import type { TranscriptEvent } from '../transcript/transcript-event.ts';

/** Where a session begins within the stream of its client. */
export interface Origin {
  readonly seconds: number;
  readonly segment: number;
}

/** An event of a session with times and segments of the whole stream. */
export function shiftEvent(event: TranscriptEvent, { seconds, segment }: Origin): TranscriptEvent {
  if (seconds === 0 && segment === 0) return event;
  if (!('segment' in event)) return { ...event, time: event.time + seconds };
  const shift = <Span extends { readonly start: number; readonly end: number }>(span: Span): Span => ({
    ...span,
    start: span.start + seconds,
    end: span.end + seconds,
  });
  const words = event.words === undefined ? {} : { words: event.words.map(shift) };
  const shifted = { ...shift(event), segment: event.segment + segment, ...words };
  if (shifted.type === 'partial') return shifted;
  const { alternatives, intent } = shifted;
  return {
    ...shifted,
    ...(alternatives && {
      alternatives: alternatives.map((other) => ({ ...other, words: other.words.map(shift) })),
    }),
    ...(intent && { intent: { ...intent, slots: intent.slots.map(shift) } }),
  };
}
