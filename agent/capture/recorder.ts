import type { ErrorCode } from '../errors.ts';

/** How a recorder can come to its end. */
export type RecorderEndKind = 'exit' | 'stream-end' | 'start-failure';

export interface RecorderEnd {
  readonly kind: RecorderEndKind;
  readonly code: ErrorCode;
  /** For people: which program, how it ended, what it said. */
  readonly detail: string;
}

/** What a recorder reports. Nothing comes before `RecorderFactory` has returned, nor after `onEnd`. */
export interface RecorderListener {
  /** Mono samples in the int16 range. */
  onSamples(samples: Int16Array): void;
  /** The recorder itself lost input. */
  onOverrun(): void;
  onEnd(end: RecorderEnd): void;
}

/** A program that is recording. */
export interface Recorder {
  /** Name of the program. */
  readonly name: string;
  /** Ends it, the hard way when it does not listen; resolves when it is gone. Nothing is reported afterwards. */
  stop(): Promise<void>;
}

/** Starts a recorder. Rejects with `RECORDER_MISSING` or `DEVICE_UNKNOWN` when there is nothing to start. */
export type RecorderFactory = (listener: RecorderListener) => Promise<Recorder>;
