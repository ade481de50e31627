interface Arrival {
  /** Position in the stream after what arrived. */
  readonly endSamples: number;
  readonly timeMs: number;
  /** A flush or the finish, not audio. */
  readonly isMark: boolean;
}

/** Audio that arrives within this time of other audio counts as having come with it. */
const MERGE_MS = 1;

/** Remembers when which part of a stream arrived, as long as it waits. Times are of any monotonic clock. */
export class ArrivalLog {
  /** Oldest first. */
  readonly #arrivals: Arrival[] = [];

  /** Entries remembered. */
  get length(): number {
    return this.#arrivals.length;
  }

  /** Audio up to `endSamples` arrived. */
  addAudio(endSamples: number, timeMs: number): void {
    const last = this.#arrivals.at(-1);
    const merges = last !== undefined && !last.isMark && timeMs - last.timeMs < MERGE_MS;
    if (merges) this.#arrivals.pop();
    this.#arrivals.push({ endSamples, timeMs: merges ? last.timeMs : timeMs, isMark: false });
  }

  /** A flush or the finish arrived after `endSamples` samples; any number of them at one place take one entry. */
  addMark(endSamples: number, timeMs: number): void {
    const last = this.#arrivals.at(-1);
    if (last?.isMark && last.endSamples === endSamples) this.#arrivals.pop();
    this.#arrivals.push({ endSamples, timeMs, isMark: true });
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
