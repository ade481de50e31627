import { SilenceWatch } from './silence-watch.ts';

/** Pings of the server that may fail to come. */
const MISSED_PINGS = 3;

/**
 * Finds out that a network has gone silent by the server's own pings, where the socket tells of them, which that of a browser
 * does not: the longest time between two of them so far says when the next ones should have come.
 */
export class PingWatch {
  readonly #leastMs: number;
  readonly #onSilent: (silentMs: number) => void;
  #watch: SilenceWatch | null = null;
  #longestMs = 0;
  #lastMs: number | null = null;

  /** @param leastMs of silence, however often the server pings; `onSilent` is called once */
  constructor(leastMs: number, onSilent: (silentMs: number) => void) {
    this.#leastMs = leastMs;
    this.#onSilent = onSilent;
  }

  ping(): void {
    const now = performance.now();
    if (this.#lastMs !== null) this.#noteInterval(now - this.#lastMs);
    this.#lastMs = now;
    this.heard();
  }

  /** Something else came. */
  heard(): void {
    this.#watch?.heard();
  }

  /** Nothing can come, because nobody reads; nor does the time until the next ping say anything. */
  pause(): void {
    this.#lastMs = null;
    this.#watch?.pause();
  }

  unpause(): void {
    this.#watch?.unpause();
  }

  /** For good; safe to call twice. */
  stop(): void {
    this.#lastMs = null;
    this.#watch?.stop();
  }

  #noteInterval(ms: number): void {
    if (this.#watch !== null && ms <= this.#longestMs) return;
    this.#longestMs = ms;
    const silentMs = Math.max(this.#leastMs, MISSED_PINGS * ms);
    this.#watch?.stop();
    this.#watch = new SilenceWatch(silentMs, () => this.#onSilent(silentMs));
    this.#watch.start();
  }
}
