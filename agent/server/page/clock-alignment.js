/**
 * Finds where the daemon's stream clock stands on this page's clock from the times at which its events come in.
 * The event with the least delay tells it best, so the estimate only sinks.
 */
export class ClockAlignment {
  #base = Number.POSITIVE_INFINITY;
  #jumpSeconds;

  /** @param {number} [jumpSeconds] a shift larger than this means that the other clock was started anew */
  constructor(jumpSeconds = 5) {
    this.#jumpSeconds = jumpSeconds;
  }

  /**
   * @param {number} eventSeconds time in the event
   * @param {number} localSeconds time of this page at which it came in
   * @returns {number} to add to times of the daemon
   */
  align(eventSeconds, localSeconds) {
    const base = localSeconds - eventSeconds;
    if (base < this.#base || base > this.#base + this.#jumpSeconds) this.#base = base;
    return this.#base;
  }
}
