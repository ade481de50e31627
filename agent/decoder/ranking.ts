/**
 * The `width` best of what is offered, best first, in fixed memory. Of equal scores the one offered first stands
 * first.
 */
export class Ranking {
  size = 0;
  readonly score: Float64Array;
  /** What was offered: the beam entry, and the token that extends it or -1. */
  readonly entry: Int32Array;
  readonly token: Int32Array;

  constructor(width: number) {
    this.score = new Float64Array(width);
    this.entry = new Int32Array(width);
    this.token = new Int32Array(width);
  }

  clear(): void {
    this.size = 0;
  }

  /** Whether `offer` would take the score. */
  admits(score: number): boolean {
    const { size } = this;
    return score > (size < this.score.length ? Number.NEGATIVE_INFINITY : this.score[size - 1]!);
  }

  offer(score: number, entry: number, token: number): void {
    if (!this.admits(score)) return;
    let at = this.size < this.score.length ? this.size : this.size - 1;
    for (; at > 0 && this.score[at - 1]! < score; at -= 1) {
      this.score[at] = this.score[at - 1]!;
      this.entry[at] = this.entry[at - 1]!;
      this.token[at] = this.token[at - 1]!;
    }
    this.score[at] = score;
    this.entry[at] = entry;
    this.token[at] = token;
    if (this.size < this.score.length) this.size += 1;
  }

  /** Drops what scores more than `-minimum` below the best. */
  cut(minimum: number): void {
    const least = this.score[0]! + minimum;
    while (this.size > 1 && this.score[this.size - 1]! < least) this.size -= 1;
  }
}
