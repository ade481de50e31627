/** Longest block. */
const BLOCK_SAMPLES = 8192;

/** When a stream that is computed in runs of equal length has audio for the next one. */
export interface RunLengths {
  /** Samples for the first run: its steps and what the last window reaches beyond them. */
  readonly firstRunSamples: number;
  readonly runSamples: number;
}

/**
 * Gathers audio until there is enough for a run, so that a source which delivers a few samples at a time costs
 * no message, and wakes no thread, for audio that could not be computed yet.
 */
export class PcmCoalescer {
  readonly #send: (samples: Int16Array<ArrayBuffer>) => void;
  readonly #lengths: RunLengths;
  #block = new Int16Array(0);
  #length = 0;
  /** Samples that the block must hold for the next run. */
  #needed: number;

  /** @param send gets blocks whose buffer it may keep or transfer */
  constructor(send: (samples: Int16Array<ArrayBuffer>) => void, lengths: RunLengths) {
    this.#send = send;
    this.#lengths = lengths;
    this.#needed = lengths.firstRunSamples;
  }

  /** Copies `samples`. */
  accept(samples: Int16Array): void {
    for (let offset = 0; offset < samples.length; ) {
      const taken = samples.subarray(offset, offset + BLOCK_SAMPLES - this.#length);
      this.#append(taken);
      offset += taken.length;
      if (this.#length === BLOCK_SAMPLES) this.#flush();
    }
    if (this.#length >= this.#needed) this.#flush();
  }

  /** Sends what waits; the runs are counted anew from here, as after a flush of the stream. */
  restart(): void {
    this.#flush();
    this.#needed = this.#lengths.firstRunSamples;
  }

  /** Drops what waits. */
  clear(): void {
    this.#block = new Int16Array(0);
    this.#length = 0;
  }

  #flush(): void {
    if (this.#length === 0) return;
    const block = this.#block.subarray(0, this.#length);
    this.clear();
    this.#countRuns(block.length);
    this.#send(block);
  }

  #countRuns(samples: number): void {
    const { runSamples } = this.#lengths;
    this.#needed -= samples;
    if (this.#needed <= 0) this.#needed += runSamples * (Math.floor(-this.#needed / runSamples) + 1);
  }

  #append(samples: Int16Array): void {
    const length = this.#length + samples.length;
    if (length > this.#block.length) {
      // room for chunks like this one until the run is complete
      const room = length < this.#needed ? this.#needed + samples.length : length;
      const grown = new Int16Array(Math.min(room, BLOCK_SAMPLES));
      grown.set(this.#block.subarray(0, this.#length));
      this.#block = grown;
    }
    this.#block.set(samples, this.#length);
    this.#length = length;
  }
}
