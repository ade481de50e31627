import type { RecognizerStream } from '../engine/speech-engine.ts';
import type { Logger } from '../logger.ts';
import type { Final, TranscriptEvent } from '../transcript/transcript-event.ts';
import type { ServerEvent } from './protocols/protocol.ts';
import type { ServerMetrics } from './server-metrics.ts';
import type { TranscriptListener, TranscriptOrigin } from './transcript-listener.ts';

/** Who else is told. */
export interface ReporterTools {
  readonly log: Logger;
  readonly metrics: ServerMetrics;
  readonly onTranscript?: TranscriptListener | undefined;
}

/** Turns the events of one stream into messages, and tells them to log, metrics and listener. */
export class TranscriptReporter {
  readonly #stream: RecognizerStream;
  readonly #origin: TranscriptOrigin;
  readonly #tools: ReporterTools;

  constructor(stream: RecognizerStream, origin: TranscriptOrigin, tools: ReporterTools) {
    this.#stream = stream;
    this.#origin = origin;
    this.#tools = tools;
  }

  /** The message for an event that the stream just delivered, with its latency. */
  report(event: TranscriptEvent): ServerEvent {
    const exactMs = this.#stream.latencyMs(event);
    const latencyMs = exactMs === undefined ? undefined : Math.round(exactMs);
    this.#tools.onTranscript?.(event, { ...this.#origin, latencyMs });
    const heardSeconds = this.#stream.heardSeconds(event);
    const message = {
      type: 'transcript',
      event,
      ...(heardSeconds === undefined ? {} : { heardSeconds }),
    } as const;
    if (event.type !== 'partial' && event.type !== 'final') return message;
    if (event.type === 'final') this.#logFinal(event, latencyMs);
    if (exactMs === undefined || latencyMs === undefined) return message;
    const { metrics } = this.#tools;
    if (event.type === 'final') metrics.observeFinal(this.#origin.origin, exactMs);
    else metrics.observePartial(this.#origin.origin, exactMs);
    return { ...message, latencyMs };
  }

  #logFinal({ segment, reason, words, text: transcript }: Final, latencyMs: number | undefined): void {
    this.#tools.log.info({ segment, reason, words: words.length, latencyMs, transcript }, 'final');
  }
}
