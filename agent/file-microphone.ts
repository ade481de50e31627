import { openAudioFile } from './capture/audio-file.ts';
import type { AudioSource, PcmChunk } from './capture/audio-source.ts';
import { isPipe } from './capture/byte-input.ts';
import type { MicrophoneState, MicrophoneStatus } from './capture/microphone-status.ts';
import { PacedSource } from './capture/paced-source.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import { toAgentError } from './errors.ts';
import { type MicrophoneSource, NO_MICROPHONE } from './server/hub.ts';

export interface FileMicrophoneOptions {
  /** The audio file. */
  readonly path: string;
  /** Begin again at its end. */
  readonly loop: boolean;
  /** Hz of the samples that come out. */
  readonly sampleRate: number;
  readonly onStatus: (status: MicrophoneStatus) => void;
}

/** A file played as if it were spoken now, so that everything can be tried without a microphone. */
export class FileMicrophone implements MicrophoneSource {
  readonly sampleRate: number;
  readonly #options: FileMicrophoneOptions;
  readonly #sound: PacedSource;
  readonly #closing = new AbortController();
  #opened: AudioSource | null = null;
  #state: MicrophoneState = 'starting';
  #detail = '';

  private constructor(options: FileMicrophoneOptions) {
    this.sampleRate = options.sampleRate;
    this.#options = options;
    const { sampleRate, loop } = options;
    this.#sound = new PacedSource({ open: () => this.#openRound(), clock: SYSTEM_CLOCK, sampleRate, loop });
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
    return { ...NO_MICROPHONE, state: this.#state, detail: this.#detail };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PcmChunk> {
    const { path } = this.#options;
    try {
      if (this.#opened === null) {
        this.#report('starting', `Waiting for the first bytes of ${path}.`);
        this.#opened = await this.#openFile();
      }
      this.#report('running', `${path} is played as the microphone.`);
      yield* this.#sound;
      this.#report('off', `${path} has been played.`);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#report('failed', toAgentError(error).message);
      throw error;
    }
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#opened?.close();
    await this.#sound.close();
  }

  async #openRound(): Promise<AudioSource> {
    const source = this.#opened ?? (await this.#openFile());
    this.#opened = null;
    return source;
  }

  #openFile(): Promise<AudioSource> {
    const { path, sampleRate } = this.#options;
    return openAudioFile(path, { sampleRate, signal: this.#closing.signal });
  }

  #report(state: MicrophoneState, detail: string): void {
    this.#state = state;
    this.#detail = detail;
    this.#options.onStatus(this.status);
  }
}
