import { pauseUnlessAborted } from './assistant/abort-after.ts';
import { openAudioFile } from './capture/audio-file.ts';
import type { AudioSource, PcmChunk } from './capture/audio-source.ts';
import { isPipe } from './capture/byte-input.ts';
import { keepAlive } from './capture/keep-alive.ts';
import type { MicrophoneState, MicrophoneStatus } from './capture/microphone-status.ts';
import { PacedSource } from './capture/paced-source.ts';
import { BackOff } from './client/back-off.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { AgentError, type ErrorCode, toAgentError } from './errors.ts';
import { type MicrophoneSource, NO_MICROPHONE } from './server/hub.ts';

export interface FileMicrophoneOptions {
  /** The audio file. */
  readonly path: string;
  /** Begin again at its end, and after a pause when it can not be read. */
  readonly loop: boolean;
  /** Hz of the samples that come out. */
  readonly sampleRate: number;
  /** Longest first pause; it doubles with every failure in a row. */
  readonly restartMinMs: number;
  /** Longest pause. */
  readonly restartMaxMs: number;
  readonly onStatus: (status: MicrophoneStatus) => void;
  readonly clock?: Clock;
}

/** A file that was heard for this long played well: the next failure is the first of a new row. */
const STEADY_SECONDS = 10;
/** Failures in a row after which the microphone counts as failed. */
const FAILURES_TO_FAILED = 5;

/** A file played as if it were spoken now, so that everything can be tried without a microphone. */
export class FileMicrophone implements MicrophoneSource {
  readonly sampleRate: number;
  readonly #options: FileMicrophoneOptions;
  readonly #clock: Clock;
  readonly #backOff: BackOff;
  readonly #closing = new AbortController();
  #opened: AudioSource | null = null;
  #sound: PacedSource | null = null;
  #state: MicrophoneState = 'starting';
  #detail = '';
  #code: ErrorCode | null = null;
  #restarts = 0;
  #failuresInRow = 0;
  #samplesSinceFailure = 0;

  private constructor(options: FileMicrophoneOptions) {
    const { sampleRate, restartMinMs, restartMaxMs, clock = SYSTEM_CLOCK } = options;
    this.sampleRate = sampleRate;
    this.#options = options;
    this.#clock = clock;
    this.#backOff = new BackOff({ minMs: restartMinMs, maxMs: restartMaxMs });
  }

  /**
   * A file is opened before it is played, so that a wrong path is known at the start; not so a pipe, which may have no
   * writer yet.
   * @throws {AgentError} `AUDIO_FILE_UNREADABLE` or `AUDIO_FORMAT_UNSUPPORTED`
   */
  static async open(options: FileMicrophoneOptions): Promise<FileMicrophone> {
    const microphone = new FileMicrophone(options);
    if (!(await isPipe(options.path))) microphone.#opened = await microphone.#openFile();
    return microphone;
  }

  get status(): MicrophoneStatus {
    const [state, detail, code, restarts] = [this.#state, this.#detail, this.#code, this.#restarts];
    return { ...NO_MICROPHONE, state, detail, code, restarts };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PcmChunk> {
    const letGo = keepAlive();
    const { signal } = this.#closing;
    try {
      yield* this.#attempt();
      while (this.#options.loop && !signal.aborted) {
        await pauseUnlessAborted(this.#clock, this.#backOff.next(), signal);
        this.#restarts++;
        yield* this.#attempt();
      }
    } finally {
      letGo();
      if (signal.aborted) this.#become('off', '');
    }
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#opened?.close();
    await this.#sound?.close();
  }

  /** Plays to the end, or to a failure, which is thrown when it is the end. */
  async *#attempt(): AsyncGenerator<PcmChunk> {
    try {
      yield* this.#play();
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      const failure = toAgentError(error, 'AUDIO_FILE_UNREADABLE');
      this.#onFailure(failure);
      if (!this.#options.loop) throw failure;
    }
  }

  async *#play(): AsyncGenerator<PcmChunk> {
    const { path, loop } = this.#options;
    if (this.#opened === null) {
      if (this.#state === 'starting') this.#become('starting', `Waiting for the first bytes of ${path}.`);
      this.#opened = await this.#openFile();
    }
    const open = () => this.#openRound();
    // Made anew for each attempt, or what a pause has taken would be played at once.
    this.#sound = new PacedSource({ open, clock: this.#clock, sampleRate: this.sampleRate, loop });
    for await (const chunk of this.#sound) {
      this.#become('running', `${path} is played as the microphone.`);
      this.#samplesSinceFailure += chunk.samples.length;
      yield chunk;
    }
    if (this.#closing.signal.aborted) return;
    if (loop) throw new AgentError('AUDIO_FILE_UNREADABLE', `${path} holds no sound.`);
    this.#become('off', `${path} has been played.`);
  }

  async #openRound(): Promise<AudioSource> {
    const source = this.#opened ?? (await this.#openFile());
    this.#opened = null;
    return source;
  }

  #openFile(): Promise<AudioSource> {
    const { path } = this.#options;
    return openAudioFile(path, { sampleRate: this.sampleRate, signal: this.#closing.signal });
  }

  #onFailure({ code, message }: AgentError): void {
    if (this.#samplesSinceFailure >= STEADY_SECONDS * this.sampleRate) {
      this.#failuresInRow = 0;
      this.#backOff.reset();
    }
    this.#samplesSinceFailure = 0;
    this.#failuresInRow++;
    const hopeless = !this.#options.loop || this.#failuresInRow >= FAILURES_TO_FAILED;
    this.#become(hopeless ? 'failed' : 'restarting', message, code);
  }

  #become(state: MicrophoneState, detail: string, code: ErrorCode | null = null): void {
    if (state === this.#state && detail === this.#detail) return;
    this.#state = state;
    this.#detail = detail;
    this.#code = code;
    this.#options.onStatus(this.status);
  }
}
