/**
 * Cuts a stream of samples into overlapping windows: window `i` covers samples `[i·hop, i·hop + bufferSize)`.
 * Any split of the same samples into chunks gives the same windows.
 */
export class Framer {
  readonly #hop: number;
  /** The window being filled: its first `#filled` samples are there. */
  readonly #window: Float32Array;
  #filled = 0;

  /** @param hop samples between windows, at most `bufferSize` */
  constructor(bufferSize: number, hop: number) {
    this.#hop = hop;
    this.#window = new Float32Array(bufferSize);
  }

  /**
   * Takes samples in the int16 range and calls `onWindow` for each window that is complete. The window's array is
   * reused: what is needed of it must be taken during the call.
   */
  accept(samples: Int16Array, onWindow: (window: Float32Array) => void): void {
    const window = this.#window;
    let taken = 0;
    while (taken < samples.length) {
      const count = Math.min(window.length - this.#filled, samples.length - taken);
      for (let i = 0; i < count; i++) window[this.#filled + i] = samples[taken + i]!;
      this.#filled += count;
      taken += count;
      if (this.#filled < window.length) return;
      onWindow(window);
      window.copyWithin(0, this.#hop);
      this.#filled -= this.#hop;
    }
  }

  reset(): void {
    this.#filled = 0;
  }
}
