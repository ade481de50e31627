import type { CancelTimer, Clock } from '../clock.ts';
import type { ChunkQueue } from './chunk-queue.ts';
import {
  type MicrophoneState,
  type MicrophoneStatus,
  NO_FAULTS,
  type RecorderCounters,
} from './microphone-status.ts';
import type { RecorderFactory } from './recorder.ts';
import { RecorderRun, type RunFailure } from './recorder-run.ts';

/** When a recorder counts as dead or mute, and how soon it is started again. */
export interface SupervisionSettings {
  /** Hz of the samples that the recorder delivers. */
  readonly sampleRate: number;
  /** No data for this long counts as a dead recorder; at its start it has 5 s at least. */
  readonly dataTimeoutMs: number;
  /** Only zeros for this long counts as a silent microphone. */
  readonly silenceTimeoutMs: number;
  /** Pause before the first restart; it doubles with every failure in a row. */
  readonly restartMinMs: number;
  /** Longest pause. */
  readonly restartMaxMs: number;
}

export interface RecorderSupervisorOptions {
  readonly factory: RecorderFactory;
  readonly clock: Clock;
  readonly settings: SupervisionSettings;
  /** Takes the samples. */
  readonly queue: ChunkQueue;
  /** The state or its reason has changed. */
  readonly onStatus: (status: MicrophoneStatus) => void;
}

/** A recorder that delivered for this long ran well: the next failure is the first of a new row. */
const STEADY_MS = 10_000;
/** Failures in a row after which the microphone counts as failed. */
const FAILURES_TO_FAILED = 5;
/** Zeros are waited for twice as long after each restart in vain, up to this many times as long. */
const MAX_SILENCE_FACTOR = 32;
/** A program that is not gone so long after its end was asked for hangs in the system, and listens to nothing. */
const LONGEST_GOODBYE_MS = 5000;

/** Of a state. */
type Reason = Pick<RunFailure, 'code' | 'detail'>;

/**
 * Keeps a recorder running: notices every way in which it can fail, counts it, tells it, and starts it again when it is
 * gone, after a pause that doubles from failure to failure. A recorder that delivers only zeros is restarted as well,
 * at once but ever more seldom: a muted microphone must be heard as soon as it is unmuted. Knows no process and
 * no real time.
 */
export class RecorderSupervisor {
  readonly #options: RecorderSupervisorOptions;
  readonly #counters: { -readonly [name in keyof RecorderCounters]: number } = { ...NO_FAULTS };
  #state: MicrophoneState = 'off';
  #failure: Reason | null = null;
  #recorderName: string | null = null;
  #restarts = 0;
  #run: RecorderRun | null = null;
  #cancelRestart: CancelTimer = () => {};
  #failuresInRow = 0;
  #silenceFactor = 1;

  constructor(options: RecorderSupervisorOptions) {
    this.#options = options;
  }

  get status(): MicrophoneStatus {
    return {
      state: this.#state,
      detail: this.#failure?.detail ?? '',
      code: this.#failure?.code ?? null,
      recorder: this.#recorderName,
      restarts: this.#restarts,
      counters: { ...this.#counters, droppedSamples: this.#options.queue.droppedSamples },
    };
  }

  /** Does nothing when it runs already. */
  start(): void {
    if (this.#state !== 'off') return;
    this.#become('starting', null);
    this.#launch();
  }

  /** Resolves when the recorder is gone. Safe to call twice. */
  async stop(): Promise<void> {
    this.#cancelRestart();
    const run = this.#run;
    this.#run = null;
    if (this.#state !== 'off') this.#become('off', null);
    await run?.stop();
  }

  #launch(): void {
    const { factory, clock, settings } = this.#options;
    const run = new RecorderRun({
      factory,
      clock,
      sampleRate: settings.sampleRate,
      dataTimeoutMs: settings.dataTimeoutMs,
      silenceTimeoutMs: settings.silenceTimeoutMs * this.#silenceFactor,
      onSamples: (samples, allZero) => this.#onSamples(samples, allZero),
      onOverrun: () => {
        this.#counters.overruns++;
      },
      onFailure: (failure) => this.#onFailure(failure),
    });
    this.#run = run;
    void run.start();
  }

  #onSamples(samples: Int16Array, allZero: boolean): void {
    this.#options.queue.push(samples);
    if (!allZero) this.#silenceFactor = 1;
    if (this.#state === 'running' || (this.#state === 'silent' && allZero)) return;
    this.#recorderName = this.#run?.recorderName ?? null;
    this.#become('running', null);
  }

  #onFailure(failure: RunFailure): void {
    this.#counters[failure.counter]++;
    this.#recorderName = this.#run?.recorderName ?? this.#recorderName;
    if (failure.counter === 'silences') this.#onSilence(failure);
    else this.#onDeath(failure);
  }

  #onSilence(failure: RunFailure): void {
    this.#silenceFactor = Math.min(this.#silenceFactor * 2, MAX_SILENCE_FACTOR);
    this.#become('silent', failure);
    this.#restartAfter(this.#options.settings.restartMinMs);
  }

  #onDeath(failure: RunFailure): void {
    const { restartMinMs, restartMaxMs } = this.#options.settings;
    const ranWell = (this.#run?.deliveredMs ?? 0) >= STEADY_MS;
    this.#failuresInRow = ranWell ? 1 : this.#failuresInRow + 1;
    const missing = failure.code === 'RECORDER_MISSING';
    const hopeless = missing || this.#failuresInRow >= FAILURES_TO_FAILED;
    const pauseMs = Math.min(restartMinMs * 2 ** (this.#failuresInRow - 1), restartMaxMs);
    this.#become(hopeless ? 'failed' : 'restarting', failure);
    this.#restartAfter(missing ? restartMaxMs : pauseMs);
  }

  #restartAfter(pauseMs: number): void {
    const last = this.#run;
    this.#cancelRestart = this.#options.clock.after(pauseMs, () => void this.#relaunch(last));
  }

  /** After the last one is gone: until then it may hold the device, and others would pile up behind it. */
  async #relaunch(last: RecorderRun | null): Promise<void> {
    const { clock } = this.#options;
    this.#cancelRestart = clock.after(LONGEST_GOODBYE_MS, () => this.#become('failed', this.#hanging()));
    await last?.stop();
    if (this.#run !== last) return; // stopped meanwhile
    this.#cancelRestart();
    this.#restarts++;
    this.#launch();
  }

  #hanging(): Reason {
    const advice = 'Its device or the driver may hang; it is started again when it is gone.';
    return { code: 'RECORDER_FAILED', detail: `${this.#recorderName} can not be ended. ${advice}` };
  }

  #become(state: MicrophoneState, failure: Reason | null): void {
    const same = state === this.#state && failure?.detail === this.#failure?.detail;
    this.#state = state;
    this.#failure = failure;
    if (!same) this.#options.onStatus(this.status);
  }
}
