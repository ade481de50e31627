import type { StreamEvent } from './stream-request.ts';

/** The events that a reader who comes late still needs: of partials no more than the one that holds at their end. */
export function withoutSuperseded(events: readonly StreamEvent[]): StreamEvent[] {
  const last = events.findLastIndex(({ type }) => type === 'partial' || type === 'final');
  return events.filter(({ type }, index) => type !== 'partial' || index === last);
}
