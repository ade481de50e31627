/** Triangular mel filters kept as their non-zero runs only: each spectral bin lies in two filters at most. */
export class MelFilterBank {
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** Weights of all filters, one after the other. */
  readonly #weights: Float64Array;

  /**
   * @param bank dense filters, `[melBands][bins or more]`
   * @param bins spectral bins in use; Meyda drops the one at the Nyquist frequency
   */
  constructor(bank: readonly (readonly number[])[], bins: number) {
    this.#starts = new Int32Array(bank.length);
    this.#ends = new Int32Array(bank.length);
    const weights: number[] = [];
    for (const [band, filter] of bank.entries()) {
      const used = filter.slice(0, bins);
      const start = used.findIndex((weight) => weight > 0);
      const end = used.findLastIndex((weight) => weight > 0) + 1;
      this.#starts[band] = Math.max(start, 0);
      this.#ends[band] = end;
      if (end > 0) weights.push(...used.slice(start, end));
    }
    this.#weights = Float64Array.from(weights);
  }

  /**
   * Writes `ln(1 + Σ weight · amplitude²)` of each band, `[melBands]`, to `out` at `offset`.
   * @param amplitudes `[bins]`
   */
  apply(amplitudes: Float32Array, out: Float32Array, offset: number): void {
    let weight = 0;
    for (let band = 0; band < this.#starts.length; band++) {
      const end = this.#ends[band]!;
      let energy = 0;
      for (let bin = this.#starts[band]!; bin < end; bin++) {
        const amplitude = amplitudes[bin]!;
        energy += this.#weights[weight++]! * amplitude * amplitude;
      }
      out[offset + band] = Math.log(energy + 1);
    }
  }
}
