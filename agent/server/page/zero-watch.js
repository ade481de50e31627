/** Some systems deliver zeros while a microphone wakes, a headset for a few seconds. */
const LONGEST_SECONDS = 6;

/**
 * Finds out that a microphone delivers nothing but zeros: the quietest room brings some noise, zeros come from a switch,
 * from a system that keeps the sound to itself, or from an input with nothing behind it.
 */
export class ZeroWatch {
  #onChange;
  #seconds = 0;

  /** @param {(zeros: boolean) => void} onChange called after six seconds of zeros, and when they are over */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * @param {Float32Array} samples
   * @param {number} sampleRate Hz
   */
  hear(samples, sampleRate) {
    if (samples.some((sample) => sample !== 0)) {
      this.forget();
      return;
    }
    const before = this.#seconds;
    this.#seconds += samples.length / sampleRate;
    if (before < LONGEST_SECONDS && this.#seconds >= LONGEST_SECONDS) this.#onChange(true);
  }

  /** What was heard so far does not count. */
  forget() {
    const were = this.#seconds >= LONGEST_SECONDS;
    this.#seconds = 0;
    if (were) this.#onChange(false);
  }
}
