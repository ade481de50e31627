import type { RecognitionTask } from '../decoder/create-decoder.ts';
import type { Hotword } from '../decoder/hotword.ts';
import type { TranscriptEvent } from '../transcript/transcript-event.ts';

/** What may differ from stream to stream. Everything has a default from the configuration. */
export interface StreamOptions {
  /** What the stream listens for; dictation unless given. */
  readonly task?: RecognitionTask;
  /** How words are searched for: the likeliest token of each step, a beam of tokens, or words of the lexicon. */
  readonly decoder?: 'greedy' | 'beam' | 'lexicon';
  /** Of the search `beam`. */
  readonly beamWidth?: number;
  /** Factor on the language model's natural-log probabilities; search `lexicon`. */
  readonly languageModelWeight?: number;
  /** Natural-log score added per word; search `lexicon`. */
  readonly wordBonus?: number;
  /** Words and phrases of dictation that are likelier than usual; they take the place of the configuration's. */
  readonly hotwords?: readonly Hotword[];
  /** Send partials. */
  readonly partials?: boolean;
  /** Include `words` in partials. */
  readonly partialWords?: boolean;
  /** Up to this many alternatives in finals (0: none). */
  readonly alternatives?: number;
  /** Give finals `readable` text: numbers, times, money, capitals as people write them. English dictation only. */
  readonly readable?: boolean;
  readonly endpoint?: {
    readonly enabled?: boolean;
    readonly rule1SilenceMs?: number;
    readonly rule2SilenceMs?: number;
    readonly rule3UtteranceMs?: number;
  };
}

/**
 * One speaker. Events come out by iterating; the iteration ends after the last event of `finish()`. There is
 * one iteration per stream, and leaving it early closes the stream. When the engine fails, the iteration
 * delivers the events that were already there and then throws an `AgentError` (`ENGINE_FAILED`).
 */
export interface RecognizerStream extends AsyncIterable<TranscriptEvent> {
  readonly id: string;
  /**
   * Takes mono samples at the model's rate, int16 range. The buffer is copied. Returns false when the stream's
   * queue is over its high-water mark: the caller should await `drained()` before giving more. A caller that
   * does not wait loses audio once four times the mark are queued; `EngineStats.overrunSeconds` counts it.
   * Audio given after `close()` or a failure is ignored. Throws `STREAM_CLOSED` after `finish()`.
   */
  acceptPcm(samples: Int16Array): boolean;
  /** Resolves when the queue is below its low-water mark again, or the stream is closed. */
  drained(): Promise<void>;
  /**
   * Resolves when the audio accepted so far has been computed, less what no run can be made of yet, and the events it
   * brought have been read; or the stream is closed.
   */
  settled(): Promise<void>;
  /** Audio accepted and not yet computed, in milliseconds. */
  readonly queuedMs: number;
  /** Forces a final for what was heard so far; the stream goes on. */
  flush(): void;
  /**
   * Changes the options that are given, from this point of the audio on; the others stay. What was being said ends
   * with a final of the reason `configure`. Resolves when they are taken; rejects with an `AgentError` when they can
   * not be, and the stream then goes on as it was. After `finish()` it rejects with `STREAM_CLOSED`.
   */
  configure(options: StreamOptions): Promise<void>;
  /** No more audio: a last final (if anything was heard), then the iteration ends. */
  finish(): void;
  /** Drops everything at once; the iteration ends without further events. Safe to call twice. */
  close(): void;
  /**
   * Milliseconds from the moment when the audio (or the flush, or the finish) that completes `event` was given
   * to the stream until now. `undefined` for an event of another stream.
   */
  latencyMs(event: TranscriptEvent): number | undefined;
  /**
   * Seconds of stream audio that had been heard when `event` was made: what the result rests on, however fast the
   * audio came, exact to one step. `undefined` for an event of another stream.
   */
  heardSeconds(event: TranscriptEvent): number | undefined;
}

/** An execution provider that was tried and does not run, and why. */
export interface RejectedProvider {
  readonly provider: string;
  readonly reason: string;
}

export interface EngineStats {
  readonly streams: number;
  /** Workers whose model is loaded: fewer than configured while one is being started again. */
  readonly workers: number;
  /** Name of the model in use. */
  readonly model: string;
  /** Language of the model in use, a BCP 47 tag such as `en`. */
  readonly language: string;
  /** Execution provider that runs, e.g. `cpu`. */
  readonly provider: string;
  /** Seconds of audio computed since the start, all streams. */
  readonly audioSeconds: number;
  /** Seconds the workers spent computing it. */
  readonly busySeconds: number;
  /** Which file of the bundle runs: `fp32`, `fp16` or `int8`. */
  readonly precision: string;
  /** Providers that were tried before `provider`. */
  readonly rejectedProviders: readonly RejectedProvider[];
  /** Shared libraries of ONNX Runtime that the process really loaded, as paths. */
  readonly runtimeLibraries: readonly string[];
  /** Runs of the model by the number of streams in them: `batchSizes[n]` runs had n streams; index 0 is unused. */
  readonly batchSizes: readonly number[];
  /** Settings whose grammars, hotwords or wake phrases are being compiled or wait for it. */
  readonly grammarsWaiting: number;
  /** Audio waiting, all streams together. */
  readonly queuedMs: number;
  /**
   * How long the oldest audio waits, in milliseconds; 0 when nothing does. What came faster than it is spoken, a file or
   * the tape of a client that was away, counts only as far as it is computed more slowly than it is spoken.
   */
  readonly oldestQueuedMs: number;
  /** Audio lost because a caller did not wait for `drained()`, in seconds. */
  readonly overrunSeconds: number;
  /** Workers that stopped unexpectedly and were started again. */
  readonly workerRestarts: number;
}

/** The engine as the server, the command line and library users see it. */
export interface SpeechEngine {
  readonly sampleRate: number;
  /** Throws `STREAM_LIMIT` when `engine.maxStreams` are open, `ENGINE_CLOSED` or `ENGINE_FAILED`. */
  createStream(options?: StreamOptions): RecognizerStream;
  stats(): EngineStats;
  /** Takes no new streams, lets those that are open finish, then closes. */
  retire(): Promise<void>;
  /** Closes all streams and workers. Safe to call twice. */
  close(): Promise<void>;
}
