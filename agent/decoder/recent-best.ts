/** The best of the scores of the last steps, and how long ago it was; the latest of equals. */
export class RecentBest {
  readonly #scores: Float64Array;
  #next = 0;
  best = Number.NEGATIVE_INFINITY;
  /** Steps since then: 0 when it is the last score. */
  age = 0;

  /** @param steps that count, the present one included */
  constructor(steps: number) {
    this.#scores = new Float64Array(steps).fill(Number.NEGATIVE_INFINITY);
  }

  clear(): void {
    this.#scores.fill(Number.NEGATIVE_INFINITY);
    this.best = Number.NEGATIVE_INFINITY;
    this.age = 0;
  }

  push(score: number): void {
    const { length } = this.#scores;
    this.#scores[this.#next] = score;
    this.best = score;
    this.age = 0;
    for (let age = 1; age < length; age += 1) {
      const before = this.#scores[(this.#next - age + length) % length]!;
      if (before <= this.best) continue;
      this.best = before;
      this.age = age;
    }
    this.#next = (this.#next + 1) % length;
  }
}
