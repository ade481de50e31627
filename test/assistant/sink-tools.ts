import type { AssistantEvent } from '../../agent/assistant/assistant-event.ts';
import type { AssistantMetrics, SinkTools } from '../../agent/assistant/sink.ts';
import type { DeliveryOutcome } from '../../agent/assistant/work-queue.ts';
import { type Clock, SYSTEM_CLOCK } from '../../agent/clock.ts';
import type { LogFields, Logger } from '../../agent/logger.ts';
import { EventQueue } from '../support/event-queue.ts';

const SAID = { source: 'microphone', session: 'microphone', at: '2026-01-01T00:00:00.000Z' } as const;
const UTTERANCE = { confidence: 0.9, start: 0.5, end: 1.5 };

export function finalEvent(text: string): Extract<AssistantEvent, { type: 'final' }> {
  const words = text
    .split(' ')
    .map((word, index) => ({ text: word, start: 0.5 + index / 4, end: 0.7 + index / 4, confidence: 0.9 }));
  return { type: 'final', ...SAID, text, words, ...UTTERANCE, latencyMs: 40 };
}

export function intentEvent(intent: string, text: string): Extract<AssistantEvent, { type: 'intent' }> {
  const slots = [{ name: 'area', value: 'living_room', text: 'living room', start: 0.9, end: 1.4 }];
  return { type: 'intent', ...SAID, intent, slots, text, ...UTTERANCE };
}

export function nothingEvent(
  refusal?: 'unlikely' | 'incomplete',
): Extract<AssistantEvent, { type: 'nothing' }> {
  return { type: 'nothing', ...SAID, ...(refusal === undefined ? {} : { refusal }) };
}

export function wakeEvent(phrase: string): Extract<AssistantEvent, { type: 'wake' }> {
  return { type: 'wake', ...SAID, phrase, time: 1, confidence: 0.8 };
}

/** What a sink gets in a test: it remembers how deliveries ended and what was logged. */
export class FakeSinkTools implements SinkTools {
  readonly clock: Clock;
  readonly outcomes = new EventQueue<DeliveryOutcome>();
  readonly lines: { readonly message: string; readonly fields: LogFields }[] = [];
  readonly #iterator = this.outcomes[Symbol.asyncIterator]();

  constructor(clock: Clock = SYSTEM_CLOCK) {
    this.clock = clock;
  }

  readonly metrics: AssistantMetrics = { delivered: (_sink, outcome) => this.outcomes.push(outcome) };

  /** How the next delivery that has not been asked for ends. */
  async outcome(): Promise<DeliveryOutcome> {
    const { value } = await this.#iterator.next();
    return value as DeliveryOutcome;
  }

  get log(): Logger {
    const write = (fields: LogFields, message: string) => {
      this.lines.push({ message, fields });
    };
    return { debug: write, info: write, warn: write, error: write, child: () => this.log };
  }
}
