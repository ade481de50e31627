import type { HeadRow } from '../decoder/create-decoder.ts';

/** The rows of the model's heads as a search takes them: those of several heads side by side. */
export class HeadRows {
  /** Where the first row of the last `select` begins. */
  offset = 0;
  #joined = new Float32Array(0);

  /**
   * The rows from number `first` on, in an array that holds until the next call. Those of a single head are not copied.
   * @param logProbs of each head by its name, `[rows, tokens]`
   */
  select(
    logProbs: ReadonlyMap<string, Float32Array>,
    heads: readonly HeadRow[],
    first: number,
    steps: number,
  ): Float32Array {
    const [only] = heads;
    if (heads.length === 1) {
      this.offset = first * only!.length;
      return logProbs.get(only!.name)!;
    }
    const width = rowLengthOf(heads);
    if (this.#joined.length < steps * width) this.#joined = new Float32Array(steps * width);
    this.offset = 0;
    let column = 0;
    for (const { name, length } of heads) {
      const source = logProbs.get(name)!;
      for (let step = 0; step < steps; step += 1) {
        const from = (first + step) * length;
        for (let i = 0; i < length; i += 1) this.#joined[step * width + column + i] = source[from + i]!;
      }
      column += length;
    }
    return this.#joined;
  }
}

/** Log-probs of a step of all heads. */
export function rowLengthOf(heads: readonly HeadRow[]): number {
  return heads.reduce((sum, { length }) => sum + length, 0);
}
