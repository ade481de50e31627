export interface BackOffOptions {
  /** First pause. */
  readonly minMs?: number;
  /** Longest pause. */
  readonly maxMs?: number;
  /** 0 to 1, exclusive; tests hand in their own. */
  readonly random?: () => number;
}

/**
 * Growing pauses between attempts: each doubles the bound, and the pause is drawn evenly from its upper half, so
 * that many clients of one server do not come back all at once.
 */
export class BackOff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor({ minMs = 250, maxMs = 15_000, random = Math.random }: BackOffOptions = {}) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const bound = Math.min(this.#maxMs, this.#minMs * 2 ** this.#failures);
    this.#failures += 1;
    return bound * (0.5 + this.#random() / 2);
  }

  /** After a success: the next pause is a first one again. */
  reset(): void {
    this.#failures = 0;
  }
}
