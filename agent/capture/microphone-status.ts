import type { ErrorCode } from '../errors.ts';

/**
 * `starting`: no sound yet. `running`: sound comes. `restarting`: the recorder ended and is started again after a
 * pause. `silent`: only zeros come. `failed`: the recorder is missing, ended again and again, or can not be ended; it
 * is still tried now and then, or when it is gone. `off`: not started, or closed.
 */
export type MicrophoneState = 'starting' | 'running' | 'restarting' | 'silent' | 'failed' | 'off';

/** What went wrong since the microphone was opened, by kind. */
export interface RecorderCounters {
  /** The recorder ended, with whatever code. */
  readonly exits: number;
  /** Its output ended while it went on. */
  readonly streamEnds: number;
  /** It could not be started at all. */
  readonly startFailures: number;
  /** It lived and delivered nothing for `dataTimeoutMs`. */
  readonly dataTimeouts: number;
  /** Only zeros for `silenceTimeoutMs` or longer. */
  readonly silences: number;
  /** The recorder said that it lost input. */
  readonly overruns: number;
  /** Samples dropped because the reader was too slow. */
  readonly droppedSamples: number;
}

/** Nothing has gone wrong yet. */
export const NO_FAULTS: RecorderCounters = {
  exits: 0,
  streamEnds: 0,
  startFailures: 0,
  dataTimeouts: 0,
  silences: 0,
  overruns: 0,
  droppedSamples: 0,
};

export interface MicrophoneStatus {
  readonly state: MicrophoneState;
  /** For people: what happened and, where there is something, what to do. Empty when all is well. */
  readonly detail: string;
  /** Of the error catalogue; null when all is well. */
  readonly code: ErrorCode | null;
  /** Program that records; null before the first has started. */
  readonly recorder: string | null;
  /** Times that the recorder was started again. */
  readonly restarts: number;
  readonly counters: RecorderCounters;
}
