/** Called when the queue is full, and when half of it has been read again. */
export interface QueueBackPressure {
  pause(): void;
  resume(): void;
}

/**
 * Values pushed from one side and iterated, once, from the other. Bounded by pausing its source: `pause` is
 * called when `limit` values wait that are all `needed`, `resume` when no more than half of them do. Ends, or fails
 * after the values that were pushed before.
 */
export class MessageQueue<T> implements AsyncIterable<T> {
  readonly #limit: number;
  readonly #source: QueueBackPressure;
  readonly #needed: (values: T[]) => T[];
  #values: T[] = [];
  #paused = false;
  #ended = false;
  #error: Error | null = null;
  #wake: () => void = () => {};

  /** @param needed what a late reader still needs of values that wait */
  constructor(limit: number, source: QueueBackPressure, needed: (values: T[]) => T[] = (values) => values) {
    this.#limit = limit;
    this.#source = source;
    this.#needed = needed;
  }

  push(value: T): void {
    if (this.#ended) return;
    this.#values.push(value);
    if (!this.#paused && this.#values.length >= this.#limit) this.#makeRoom();
    this.#wake();
  }

  /** Only the first call counts, here and for `fail`. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  fail(error: Error): void {
    if (this.#ended) return;
    this.#error = error;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      while (this.#values.length > 0) {
        const value = this.#values.shift() as T;
        this.#resumeWhenHalfRead();
        yield value;
      }
      if (this.#error !== null) throw this.#error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #makeRoom(): void {
    this.#values = this.#needed(this.#values);
    if (this.#values.length < this.#limit) return;
    this.#paused = true;
    this.#source.pause();
  }

  #resumeWhenHalfRead(): void {
    if (!this.#paused || this.#values.length > this.#limit / 2) return;
    this.#paused = false;
    this.#source.resume();
  }
}
