import { openAudioFile } from './capture/audio-file.ts';
import type { AudioSource, PcmChunk } from './capture/audio-source.ts';
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
  /** The file is opened before it is played, so that a wrong path is known at the start. */
  #opened: AudioSource | null;
  #state: MicrophoneState = 'starting';
  #detail = '';

  private constructor(options: FileMicrophoneOptions, opened: AudioSource) {
    this.sampleRate = options.sampleRate;
    this.#options = options;
    this.#opened = opened;
    const { sampleRate, loop } = options;
    this.#sound = new PacedSource({ open: () => this.#openRound(), clock: SYSTEM_CLOCK, sampleRate, loop });
  }

  /** @throws {AgentError} `AUDIO_FILE_UNREADABLE` or `AUDIO_FORMAT_UNSUPPORTED` */
  static async open(options: FileMicrophoneOptions): Promise<FileMicrophone> {
    const { path, sampleRate } = options;
    return new FileMicrophone(options, await openAudioFile(path, { sampleRate }));
  }

  get status(): MicrophoneStatus {
    return { ...NO_MICROPHONE, state: this.#state, detail: this.#detail };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PcmChunk> {
    const { path } = this.#options;
    this.#report('running', `${path} is played as the microphone.`);
    try {
      yield* this.#sound;
      this.#report('off', `${path} has been played.`);
    } catch (error) {
      this.#report('failed', toAgentError(error).message);
      throw error;
    }
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    await this.#opened?.close();
    await this.#sound.close();
  }

  async #openRound(): Promise<AudioSource> {
    const { path, sampleRate } = this.#options;
    const source = this.#opened ?? (await openAudioFile(path, { sampleRate }));
    this.#opened = null;
    return source;
  }

  #report(state: MicrophoneState, detail: string): void {
    this.#state = state;
    this.#detail = detail;
    this.#options.onStatus(this.status);
  }
}
