/** Looks in the time after which silence counts. */
const LOOKS = 4;
/** Node and browsers take a longer timer for none at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Finds out that nothing comes any more though nobody has closed anything: a network that is gone. It looks at intervals
 * and counts the looks at which nothing had come, so that a program that was busy, or a computer that slept, first hears
 * what waits for it.
 */
export class SilenceWatch {
  readonly #intervalMs: number;
  readonly #onSilent: () => void;
  #state: 'idle' | 'watching' | 'stopped' = 'idle';
  #isPaused = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #silentLooks = 0;

  /** @param longestMs of silence; `onSilent` is called, once, within a quarter of it more */
  constructor(longestMs: number, onSilent: () => void) {
    this.#intervalMs = Math.min(longestMs / LOOKS, LONGEST_TIMER_MS);
    this.#onSilent = onSilent;
  }

  /** Call once. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'watching';
    this.#timer = setInterval(() => this.#look(), this.#intervalMs);
  }

  /** Something came. */
  heard(): void {
    this.#silentLooks = 0;
  }

  /** Nothing can come, because nobody reads. */
  pause(): void {
    this.#isPaused = true;
  }

  unpause(): void {
    this.#isPaused = false;
    this.heard();
  }

  /** For good; safe to call twice. */
  stop(): void {
    this.#state = 'stopped';
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#isPaused) return;
    this.#silentLooks++;
    if (this.#silentLooks <= LOOKS) return; // the first may come right after something was heard
    this.stop();
    this.#onSilent();
  }
}
