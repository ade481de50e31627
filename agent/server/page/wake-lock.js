/** Keeps the screen of a phone on while it listens; without the interface, or refused, nothing is lost. */
export class WakeLock {
  /** @type {WakeLockSentinel | undefined} */
  #sentinel;
  #wanted = false;

  constructor() {
    // A page that is hidden loses the lock and does not get it back by itself.
    document.addEventListener('visibilitychange', () => void this.#ask());
  }

  async hold() {
    this.#wanted = true;
    await this.#ask();
  }

  async release() {
    this.#wanted = false;
    const sentinel = this.#sentinel;
    this.#sentinel = undefined;
    await sentinel?.release();
  }

  get #held() {
    return this.#sentinel !== undefined && !this.#sentinel.released;
  }

  async #ask() {
    if (!this.#wanted || this.#held || document.hidden) return;
    const sentinel = await navigator.wakeLock?.request('screen').catch(() => undefined);
    // Meanwhile it may have been released, or asked for once more.
    if (this.#wanted && !this.#held) this.#sentinel = sentinel;
    else await sentinel?.release();
  }
}
