/** Keeps the screen of a phone on while it listens; without the interface, or refused, nothing is lost. */
export class WakeLock {
  /** @type {WakeLockSentinel | undefined} */
  #sentinel;

  async hold() {
    try {
      this.#sentinel ??= await navigator.wakeLock?.request('screen');
    } catch {
      this.#sentinel = undefined;
    }
  }

  async release() {
    const sentinel = this.#sentinel;
    this.#sentinel = undefined;
    await sentinel?.release();
  }
}
