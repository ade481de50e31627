import { AudioTape } from './audio-tape.js';
import { LatencyGauge } from './latency-gauge.js';
import { Microphone } from './microphone.js';
import { toInt16 } from './pcm.js';
import { StreamSession } from './stream-session.js';

/**
 * @import { Run, RunObserver } from './run.js'
 * @import { ServerAddress } from './server-address.js'
 * @import { Wishes } from './task.js'
 * @import { Transcript } from './transcript.js'
 */

/** So long may the daemon be away without a word being lost. */
const KEEP_SECONDS = 60;

/**
 * The microphone of this device.
 * @implements {Run}
 */
export class MicrophoneRun {
  #options;
  #microphone = new Microphone();
  #gauge = new LatencyGauge();
  /** @type {AudioTape | undefined} */
  #tape;
  /** @type {StreamSession | undefined} */
  #session;

  /**
   * @param {{ address: ServerAddress, transcript: Transcript, offset: number, observer: RunObserver,
   *   wishes: () => Wishes,
   *   deviceId: string }} options
   */
  constructor(options) {
    this.#options = options;
  }

  get seconds() {
    return this.#tape?.seconds ?? 0;
  }

  async start() {
    const { deviceId, observer } = this.#options;
    await this.#microphone.open({
      deviceId,
      onSamples: (samples) => this.#record(samples),
      onGone: () => {
        observer.onFault('microphone-unplugged');
        this.stop();
      },
    });
    this.#tape = new AudioTape(this.#microphone.sampleRate, KEEP_SECONDS);
    this.#session = new StreamSession({
      ...this.#options,
      tape: this.#tape,
      onWords: (event, seconds) => {
        if (event.type !== 'partial') return;
        this.#gauge.shown(seconds, performance.now());
        const { latencyMs: daemonMs } = event;
        observer.onLatency({
          heardMs: this.#gauge.typicalMs ?? 0,
          ...(daemonMs !== undefined && { daemonMs }),
        });
      },
    });
    this.#session.start();
  }

  stop() {
    this.#microphone.close();
    if (this.#session?.alive) this.#session.complete();
    else this.abort();
  }

  abort() {
    this.#microphone.close();
    if (this.#session) this.#session.abort();
    else this.#options.observer.onEnd();
  }

  /** @param {Wishes} wishes */
  configure(wishes) {
    return this.#session?.configure(wishes) ?? false;
  }

  retryNow() {
    this.#session?.retryNow();
  }

  /** @param {Float32Array} samples */
  #record(samples) {
    if (!this.#tape) return;
    this.#tape.append(toInt16(samples));
    this.#gauge.heard(this.#tape.seconds, performance.now());
    this.#options.observer.onSound(samples, this.#tape.sampleRate);
    this.#session?.pump();
  }
}
