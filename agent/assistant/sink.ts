import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { AssistantEvent } from './assistant-event.ts';
import type { DeliveryOutcome } from './work-queue.ts';

/** Who gets events. */
export const SINK_KINDS = ['hook', 'webhook', 'mqtt'] as const;

export type SinkKind = (typeof SINK_KINDS)[number];

/** Takes events and never holds anybody up. */
export interface Sink {
  readonly kind: SinkKind;
  /** Deliveries waiting and under way. */
  readonly queued: number;
  accept(event: AssistantEvent): void;
  /** What is there has `graceMs` to be delivered. Safe to call twice. */
  close(graceMs: number): Promise<void>;
}

/** What the assistant counts. */
export interface AssistantMetrics {
  delivered(sink: SinkKind, outcome: DeliveryOutcome): void;
}

/** What every sink gets. */
export interface SinkTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: AssistantMetrics;
}
