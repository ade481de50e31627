import { readAudioFile } from './audio-file.js';
import { toFloat } from './pcm.js';
import { StreamSession } from './stream-session.js';

/**
 * @import { AudioTape } from './audio-tape.js'
 * @import { Run, RunObserver } from './run.js'
 * @import { ServerAddress } from './server-address.js'
 * @import { Wishes } from './task.js'
 * @import { Transcript } from './transcript.js'
 */

const TICK_MS = 40;

/** Of a page long in the background browsers tick once a minute; what goes far beyond that, the computer slept through. */
const LONGEST_TICK_MS = 90_000;

/** Shown sound is prepared in pieces of this length, so that a long file does not stop the page. */
const PIECE_SECONDS = 20;

/**
 * A sound file, as fast as the daemon takes it or in real time.
 * @implements {Run}
 */
export class FileRun {
  #options;
  /** @type {AudioTape | undefined} */
  #tape;
  /** @type {StreamSession | undefined} */
  #session;
  #timer = 0;
  #shown = 0;
  #startedAtMs = 0;
  #tickedAtMs = 0;
  /** Milliseconds for which the daemon took audio; what a lost connection cost does not count. */
  #openMs = 0;

  /**
   * @param {{ address: ServerAddress, transcript: Transcript, offset: number, observer: RunObserver,
   *   wishes: () => Wishes,
   *   file: File, realTime: boolean }} options
   */
  constructor(options) {
    this.#options = options;
  }

  get seconds() {
    return this.#tape?.seconds ?? 0;
  }

  async start() {
    this.#tape = await readAudioFile(this.#options.file);
    this.#options.observer.onFile(this.#tape.seconds);
    this.#startedAtMs = performance.now();
    this.#session = new StreamSession({
      ...this.#options,
      tape: this.#tape,
      observer: { ...this.#options.observer, onEnd: () => this.#end() },
      onWords: (_event, seconds) => this.#reportSpeed(seconds),
    });
    this.#session.start();
    this.#tickedAtMs = performance.now();
    this.#timer = window.setInterval(() => this.#tick(), TICK_MS);
  }

  stop() {
    this.abort();
  }

  abort() {
    if (this.#session) this.#session.abort();
    else this.#end();
  }

  /** @param {Wishes} wishes */
  configure(wishes) {
    return this.#session?.configure(wishes) ?? false;
  }

  retryNow() {
    this.#session?.retryNow();
  }

  #end() {
    window.clearInterval(this.#timer);
    this.#options.observer.onEnd();
  }

  /** Of a page in the background browsers tick far less often than asked: what counts is the time that went by. */
  #tick() {
    const now = performance.now();
    const passedMs = now - this.#tickedAtMs;
    this.#tickedAtMs = now;
    this.#showSound();
    if (!this.#session?.open) return;
    if (passedMs <= LONGEST_TICK_MS) this.#openMs += passedMs;
    if (this.#options.realTime && this.#openMs / 1000 < this.seconds) this.#session.pump(this.#openMs / 1000);
    else this.#session.complete();
  }

  #showSound() {
    if (!this.#tape || this.#shown >= this.#tape.end) return;
    const piece = this.#tape.read(this.#shown, PIECE_SECONDS * this.#tape.sampleRate);
    this.#shown += piece.length;
    this.#options.observer.onSound(toFloat(piece), this.#tape.sampleRate);
  }

  /** @param {number} seconds of the file that are recognised */
  #reportSpeed(seconds) {
    if (this.#options.realTime) return;
    const elapsed = (performance.now() - this.#startedAtMs) / 1000;
    this.#options.observer.onLatency({ speed: seconds / Math.max(elapsed, 0.001) });
  }
}
