const SLOTS = 60;

/** An amount over a sliding span of time, to a sixtieth of it. */
export class RateWindow {
  readonly #slotMs: number;
  readonly #amounts = new Float64Array(SLOTS);
  /** Number of the newest slot since the beginning of time. */
  #newest = 0;
  #sum = 0;

  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS;
  }

  add(amount: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#amounts[this.#newest % SLOTS]! += amount;
    this.#sum += amount;
  }

  /** What was added within the span that ends at `nowMs`. */
  sum(nowMs: number): number {
    this.#advance(nowMs);
    return this.#sum;
  }

  /** Milliseconds until the sum will have fallen below `limit`. */
  msUntilBelow(limit: number, nowMs: number): number {
    this.#advance(nowMs);
    let rest = this.#sum;
    let slots = 0;
    while (rest >= limit && slots < SLOTS) {
      slots++;
      rest -= this.#amounts[(this.#newest + slots) % SLOTS]!;
    }
    return slots * this.#slotMs;
  }

  #advance(nowMs: number): void {
    const current = Math.floor(nowMs / this.#slotMs);
    if (current <= this.#newest) return;
    const first = Math.max(this.#newest + 1, current - SLOTS + 1);
    for (let slot = first; slot <= current; slot++) this.#amounts[slot % SLOTS] = 0;
    this.#newest = current;
    this.#sum = this.#amounts.reduce((sum, amount) => sum + amount, 0);
  }
}
