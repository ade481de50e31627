import type { TranscriptEvent } from '../transcript/transcript-event.ts';

/** What may differ from stream to stream. Everything has a default from the configuration. */
export interface StreamOptions {
  /** Hz of the samples given to `acceptPcm`; other rates are resampled by the capture stage before. */
  readonly decoder?: 'greedy' | 'beam';
  readonly beamWidth?: number;
  /** Send partials. */
  readonly partials?: boolean;
  /** Include `words` in partials. */
  readonly partialWords?: boolean;
  /** Up to this many alternatives in finals (0: none). */
  readonly alternatives?: number;
  readonly endpoint?: {
    readonly enabled?: boolean;
    readonly rule1SilenceMs?: number;
    readonly rule2SilenceMs?: number;
    readonly rule3UtteranceMs?: number;
  };
}

/** One speaker. Events come out by iterating; the iteration ends after the last event of `finish()`. */
export interface RecognizerStream extends AsyncIterable<TranscriptEvent> {
  readonly id: string;
  /**
   * Takes mono samples at the model's rate, int16 range. The buffer is copied. Returns false when the stream's
   * queue is over its high-water mark: the caller should await `drained()` before giving more.
   */
  acceptPcm(samples: Int16Array): boolean;
  /** Resolves when the queue is below its low-water mark again, or the stream is closed. */
  drained(): Promise<void>;
  /** Audio accepted and not yet computed, in milliseconds. */
  readonly queuedMs: number;
  /** Forces a final for what was heard so far; the stream goes on. */
  flush(): void;
  /** No more audio: a last final (if anything was heard), then the iteration ends. */
  finish(): void;
  /** Drops everything at once; the iteration ends without further events. Safe to call twice. */
  close(): void;
}

export interface EngineStats {
  readonly streams: number;
  readonly workers: number;
  /** Name of the model in use. */
  readonly model: string;
  /** Execution provider that runs, e.g. `cpu`. */
  readonly provider: string;
  /** Seconds of audio computed since the start, all streams. */
  readonly audioSeconds: number;
  /** Seconds the workers spent computing it. */
  readonly busySeconds: number;
}

/** The engine as the server, the command line and library users see it. */
export interface SpeechEngine {
  readonly sampleRate: number;
  createStream(options?: StreamOptions): RecognizerStream;
  stats(): EngineStats;
  /** Closes all streams and workers. Safe to call twice. */
  close(): Promise<void>;
}
