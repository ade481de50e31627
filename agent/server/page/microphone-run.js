import { AudioTape } from './audio-tape.js';
import { PageFault } from './fault.js';
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

/** So long may the daemon be away, or the network be behind, without a word being lost. */
const KEEP_SECONDS = 60;

/**
 * The microphone of this device.
 * @implements {Run}
 */
export class MicrophoneRun {
  #options;
  /** @type {Microphone | undefined} */
  #microphone;
  #deviceId = '';
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
    await this.#open(deviceId);
    if (!this.#microphone) return; // stopped meanwhile
    this.#tape = new AudioTape(this.#microphone.sampleRate, KEEP_SECONDS);
    this.#session = new StreamSession({
      ...this.#options,
      tape: this.#tape,
      onLag: observer.onLag,
      onSkip: () => observer.onFault('words-lost'),
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
    this.#close();
    if (this.#session) this.#session.complete();
    else this.abort();
  }

  abort() {
    this.#close();
    if (this.#session) this.#session.abort();
    else this.#options.observer.onEnd();
  }

  /** @param {Wishes} wishes */
  configure(wishes) {
    return this.#session?.configure(wishes) ?? false;
  }

  retryNow() {
    this.#microphone?.wake();
    this.#session?.retryNow();
  }

  /** @param {string} deviceId */
  async useMicrophone(deviceId) {
    if (!this.#microphone || !this.#tape || deviceId === this.#deviceId) return;
    try {
      await this.#open(deviceId);
      // A tape has one rate. Only browsers that can not resample have another one for another device.
      if (this.#microphone.sampleRate !== this.#tape.sampleRate) throw new PageFault('microphone-busy');
    } catch (error) {
      this.#giveUp(error instanceof PageFault ? error.code : 'INTERNAL');
    }
  }

  /**
   * Takes the place of the microphone that is open, unless another is chosen or it is closed meanwhile.
   * @param {string} deviceId
   */
  async #open(deviceId) {
    const { observer } = this.#options;
    this.#microphone?.close();
    this.#deviceId = deviceId;
    const microphone = new Microphone({
      deviceId,
      onSamples: (samples) => this.#record(samples),
      onMissing: () => observer.onFault('microphone-not-there'),
      onDead: observer.onDead,
      onZeros: observer.onZeros,
      onGone: () => this.#giveUp('microphone-unplugged'),
    });
    this.#microphone = microphone;
    try {
      await microphone.open();
    } catch (error) {
      if (this.#microphone === microphone) throw error;
    }
    if (this.#microphone !== microphone) microphone.close();
  }

  #close() {
    this.#microphone?.close();
    this.#microphone = undefined;
  }

  /**
   * Stops by itself, with the words that were said.
   * @param {string} code
   */
  #giveUp(code) {
    this.#options.observer.onFault(code);
    this.#options.observer.onStop();
    this.stop();
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
