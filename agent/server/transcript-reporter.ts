import type { RecognizerStream } from '../engine/speech-engine.ts';
import type { Logger } from '../logger.ts';
import type { Final, TranscriptEvent } from '../transcript/transcript-event.ts';
import type { ServerEvent } from './protocols/protocol.ts';
import type { AudioOrigin, ServerMetrics } from './server-metrics.ts';

/** Turns the events of one stream into messages, and notes them in log and metrics. */
export class TranscriptReporter {
  readonly #stream: RecognizerStream;
  readonly #origin: AudioOrigin;
  readonly #log: Logger;
  readonly #metrics: ServerMetrics;

  constructor(stream: RecognizerStream, origin: AudioOrigin, tools: { log: Logger; metrics: ServerMetrics }) {
    this.#stream = stream;
    this.#origin = origin;
    this.#log = tools.log;
    this.#metrics = tools.metrics;
  }

  /** The message for an event that the stream just delivered, with its latency. */
  report(event: TranscriptEvent): ServerEvent {
    const heardSeconds = this.#stream.heardSeconds(event);
    const message = {
      type: 'transcript',
      event,
      ...(heardSeconds === undefined ? {} : { heardSeconds }),
    } as const;
    if (event.type !== 'partial' && event.type !== 'final') return message;
    const exactMs = this.#stream.latencyMs(event);
    const latencyMs = exactMs === undefined ? undefined : Math.round(exactMs);
    if (event.type === 'final') this.#logFinal(event, latencyMs);
    if (exactMs === undefined || latencyMs === undefined) return message;
    if (event.type === 'final') this.#metrics.observeFinal(this.#origin, exactMs);
    else this.#metrics.observePartial(this.#origin, exactMs);
    return { ...message, latencyMs };
  }

  #logFinal({ segment, reason, words, text: transcript }: Final, latencyMs: number | undefined): void {
    this.#log.info({ segment, reason, words: words.length, latencyMs, transcript }, 'final');
  }
}
