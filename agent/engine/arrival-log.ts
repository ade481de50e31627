interface Arrival {
  /** Position in the stream after what arrived. */
  readonly endSamples: number;
  readonly timeMs: number;
}

/** Remembers when which part of a stream arrived, as long as it waits. Times are of any monotonic clock. */
export class ArrivalLog {
  /** Oldest first. */
  readonly #arrivals: Arrival[] = [];

  /** Entries remembered. */
  get length(): number {
    return this.#arrivals.length;
  }

  /** Audio up to `endSamples` arrived; a flush or the finish arrives at the position of the last audio. */
  add(endSamples: number, timeMs: number): void {
    // any number of flushes at one position take one entry beside that of the audio
    const [before, last] = this.#arrivals.slice(-2);
    if (before?.endSamples === endSamples && last?.endSamples === endSamples) this.#arrivals.pop();
    this.#arrivals.push({ endSamples, timeMs });
  }

  /** When the sample before `samples` arrived: the audio that a result on `samples` samples waited for. */
  audioArrival(samples: number): number | undefined {
    return this.#arrivals.find(({ endSamples }) => endSamples >= samples)?.timeMs;
  }

  /** When the last thing at or before `samples` arrived: the flush that a final there waited for. */
  markArrival(samples: number): number | undefined {
    return this.#arrivals.findLast(({ endSamples }) => endSamples <= samples)?.timeMs;
  }

  /** Forgets what ended before `samples`. The last entry stays: a later result may rest on the same audio. */
  forget(samples: number): void {
    let count = 0;
    while (count < this.#arrivals.length - 1 && this.#arrivals[count]!.endSamples < samples) count++;
    this.#arrivals.splice(0, count);
  }
}
