/** Samples after which a block is sent without waiting for the turn to end. */
const BLOCK_SAMPLES = 8192;

/**
 * Joins the small chunks that are given within one turn of the event loop, so that a source which delivers a
 * few samples at a time does not cost a message each. It adds no time: the turn ends before anything else runs.
 */
export class PcmCoalescer {
  readonly #send: (samples: Int16Array<ArrayBuffer>) => void;
  readonly #later: (callback: () => void) => void;
  #block = new Int16Array(0);
  #length = 0;
  #scheduled = false;

  /**
   * @param send gets blocks whose buffer it may keep or transfer
   * @param later calls back at the end of the turn
   */
  constructor(
    send: (samples: Int16Array<ArrayBuffer>) => void,
    later: (callback: () => void) => void = setImmediate,
  ) {
    this.#send = send;
    this.#later = later;
  }

  /** Copies `samples`. */
  accept(samples: Int16Array): void {
    for (let offset = 0; offset < samples.length; ) {
      const taken = samples.subarray(offset, offset + BLOCK_SAMPLES - this.#length);
      this.#append(taken);
      offset += taken.length;
      if (this.#length === BLOCK_SAMPLES) this.flush();
    }
    if (this.#length === 0 || this.#scheduled) return;
    this.#scheduled = true;
    this.#later(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  /** Sends what waits, at once. */
  flush(): void {
    if (this.#length === 0) return;
    const block = this.#block.subarray(0, this.#length);
    this.#block = new Int16Array(0);
    this.#length = 0;
    this.#send(block);
  }

  /** Drops what waits. */
  clear(): void {
    this.#block = new Int16Array(0);
    this.#length = 0;
  }

  #append(samples: Int16Array): void {
    const needed = this.#length + samples.length;
    if (needed > this.#block.length) {
      const grown = new Int16Array(this.#length === 0 ? needed : BLOCK_SAMPLES);
      grown.set(this.#block.subarray(0, this.#length));
      this.#block = grown;
    }
    this.#block.set(samples, this.#length);
    this.#length = needed;
  }
}
