import type { CancelTimer, Clock } from '../clock.ts';
import { type ErrorCode, toAgentError } from '../errors.ts';
import type { RecorderCounters } from './microphone-status.ts';
import type { Recorder, RecorderEnd, RecorderEndKind, RecorderFactory } from './recorder.ts';

/** Why a run is over; `counter` is the one that counts it. */
export interface RunFailure {
  readonly counter: Exclude<keyof RecorderCounters, 'overruns' | 'droppedSamples'>;
  readonly code: ErrorCode;
  readonly detail: string;
}

export interface RecorderRunOptions {
  readonly factory: RecorderFactory;
  readonly clock: Clock;
  /** Hz of the samples that the recorder delivers. */
  readonly sampleRate: number;
  /** No data for this long ends the run; at its start it has 5 s at least. */
  readonly dataTimeoutMs: number;
  /** Only zeros for this long end the run. */
  readonly silenceTimeoutMs: number;
  readonly onSamples: (samples: Int16Array, allZero: boolean) => void;
  readonly onOverrun: () => void;
  /** Once at most; the run is over then, and its recorder is being stopped. */
  readonly onFailure: (failure: RunFailure) => void;
}

/** The first data may take this long: a sound server wakes up, a Bluetooth headset changes its profile. */
const FIRST_DATA_MS = 5000;

const COUNTERS: Readonly<Record<RecorderEndKind, RunFailure['counter']>> = {
  exit: 'exits',
  'stream-end': 'streamEnds',
  'start-failure': 'startFailures',
};

/** One life of a recorder, from its start to the first thing that goes wrong, or to `stop`. */
export class RecorderRun {
  readonly #options: RecorderRunOptions;
  #recorder: Recorder | null = null;
  #over = false;
  #cancelWatchdog: CancelTimer = () => {};
  #firstDataAt: number | null = null;
  #lastDataAt = 0;
  #zeroSamples = 0;

  constructor(options: RecorderRunOptions) {
    this.#options = options;
  }

  /** Name of the program; null while it is being started. */
  get recorderName(): string | null {
    return this.#recorder?.name ?? null;
  }

  /** For how long data has come. */
  get deliveredMs(): number {
    return this.#firstDataAt === null ? 0 : this.#lastDataAt - this.#firstDataAt;
  }

  async start(): Promise<void> {
    try {
      const recorder = await this.#options.factory({
        onSamples: (samples) => this.#onSamples(samples),
        onOverrun: () => this.#options.onOverrun(),
        onEnd: (end) => this.#onEnd(end),
      });
      this.#recorder = recorder;
      if (this.#over) await recorder.stop();
      else this.#watch(this.#options.clock.now());
    } catch (error) {
      const { code, message } = toAgentError(error, 'RECORDER_FAILED');
      this.#fail({ counter: 'startFailures', code, detail: message });
    }
  }

  /** Resolves when the recorder is gone. Nothing is reported afterwards. Safe to call twice. */
  async stop(): Promise<void> {
    this.#over = true;
    this.#cancelWatchdog();
    await this.#recorder?.stop();
  }

  #onSamples(samples: Int16Array): void {
    if (this.#over || samples.length === 0) return;
    this.#lastDataAt = this.#options.clock.now();
    this.#firstDataAt ??= this.#lastDataAt;
    const allZero = samples.every((sample) => sample === 0);
    this.#zeroSamples = allZero ? this.#zeroSamples + samples.length : 0;
    this.#options.onSamples(samples, allZero);
    const zeroMs = (this.#zeroSamples / this.#options.sampleRate) * 1000;
    if (zeroMs >= this.#options.silenceTimeoutMs) this.#fail(this.#silence(zeroMs));
  }

  #onEnd(end: RecorderEnd): void {
    this.#fail({ counter: COUNTERS[end.kind], code: end.code, detail: end.detail });
  }

  get #timeoutMs(): number {
    const { dataTimeoutMs } = this.#options;
    return this.#firstDataAt === null ? Math.max(dataTimeoutMs, FIRST_DATA_MS) : dataTimeoutMs;
  }

  /** One timer for all chunks: it looks when the last one came, and waits for the rest. */
  #watch(since: number): void {
    const { clock } = this.#options;
    this.#cancelWatchdog = clock.after(since + this.#timeoutMs - clock.now(), () => {
      const last = Math.max(since, this.#lastDataAt);
      if (clock.now() - last < this.#timeoutMs) this.#watch(last);
      else this.#fail(this.#dataTimeout());
    });
  }

  #dataTimeout(): RunFailure {
    const detail = `${this.recorderName} delivered no data for ${this.#timeoutMs} ms.`;
    return { counter: 'dataTimeouts', code: 'RECORDER_FAILED', detail };
  }

  #silence(zeroMs: number): RunFailure {
    const seconds = Math.round(zeroMs / 1000);
    const detail = `${this.recorderName} delivered only zeros for ${seconds} s. Is the microphone muted or unplugged?`;
    return { counter: 'silences', code: 'MICROPHONE_SILENT', detail };
  }

  #fail(failure: RunFailure): void {
    if (this.#over) return;
    void this.stop();
    this.#options.onFailure(failure);
  }
}
