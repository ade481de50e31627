/** Looks in the time after which silence counts. */
const LOOKS = 4;

/**
 * Finds out that nothing comes any more though nobody says so: a network that is gone, a microphone without sound. It
 * looks at intervals and counts the looks at which nothing had come, so that a page that was busy, or a computer that
 * slept, first hears what waits for it.
 */
export class SilenceWatch {
  #intervalMs;
  #onChange;
  #timer = 0;
  #silentLooks = 0;

  /**
   * @param {number} longestMs of silence
   * @param {(silent: boolean) => void} onChange called within a quarter of it more, and when the silence is over
   */
  constructor(longestMs, onChange) {
    this.#intervalMs = longestMs / LOOKS;
    this.#onChange = onChange;
  }

  /** From now on something has to come. Safe to call twice. */
  start() {
    this.heard();
    if (this.#timer === 0) this.#timer = window.setInterval(() => this.#look(), this.#intervalMs);
  }

  /** Something came. */
  heard() {
    const wasSilent = this.#silentLooks > LOOKS;
    this.#silentLooks = 0;
    if (wasSilent) this.#onChange(false);
  }

  /** Nothing has to come. Safe to call twice. */
  stop() {
    window.clearInterval(this.#timer);
    this.#timer = 0;
    this.heard();
  }

  #look() {
    this.#silentLooks += 1;
    // The first look may come right after something was heard.
    if (this.#silentLooks === LOOKS + 1) this.#onChange(true);
  }
}
