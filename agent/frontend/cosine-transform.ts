/**
 * The unnormalised DCT-II times two that Meyda applies: `c[k] = 2 Σ x[n] cos(π (n + ½) k / N)`, first
 * `coefficients` rows only.
 */
export class CosineTransform {
  /** Row-major `[coefficients, bands]`. */
  readonly matrix: Float32Array;
  readonly #bands: number;
  readonly #coefficients: number;

  constructor(bands: number, coefficients: number) {
    this.#bands = bands;
    this.#coefficients = coefficients;
    this.matrix = Float32Array.from({ length: coefficients * bands }, (_, i) => {
      const k = Math.floor(i / bands);
      const n = i % bands;
      return 2 * Math.cos((Math.PI * (n + 0.5) * k) / bands);
    });
  }

  /** @param bands `[bands]`; the result, `[coefficients]`, goes to `out` at `offset` */
  apply(bands: Float32Array, out: Float32Array, offset: number): void {
    let cell = 0;
    for (let k = 0; k < this.#coefficients; k++) {
      let sum = 0;
      for (let n = 0; n < this.#bands; n++) sum += this.matrix[cell++]! * bands[n]!;
      out[offset + k] = sum;
    }
  }
}
