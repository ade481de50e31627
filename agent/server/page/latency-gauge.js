const KEPT = 9;

/**
 * Measures how long after a sound was heard its words are on the screen: each event says up to which second
 * of audio it speaks, the gauge knows when that second was captured.
 */
export class LatencyGauge {
  #heardSeconds = 0;
  #heardAtMs = 0;
  /** @type {number[]} */
  #recent = [];
  #newest = 0;

  /**
   * @param {number} seconds of the recording that are captured by now
   * @param {number} nowMs
   */
  heard(seconds, nowMs) {
    this.#heardSeconds = seconds;
    this.#heardAtMs = nowMs;
  }

  /**
   * @param {number} seconds of the recording up to which the new words reach
   * @param {number} nowMs
   */
  shown(seconds, nowMs) {
    // An event that only changes older words says nothing about the newest sound.
    if (seconds <= this.#newest) return;
    this.#newest = seconds;
    const capturedAtMs = this.#heardAtMs - (this.#heardSeconds - seconds) * 1000;
    this.#recent.push(Math.max(0, nowMs - capturedAtMs));
    if (this.#recent.length > KEPT) this.#recent.shift();
  }

  /** The median of the last few, ms; undefined before the first. */
  get typicalMs() {
    const sorted = [...this.#recent].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }
}
