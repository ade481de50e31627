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
    let filled = this.#filled;
    for (let i = 0; i < samples.length; i++) {
      window[filled++] = samples[i]!;
      if (filled < window.length) continue;
      onWindow(window);
      window.copyWithin(0, this.#hop);
      filled -= this.#hop;
    }
    this.#filled = filled;
  }

  reset(): void {
    this.#filled = 0;
  }
}
