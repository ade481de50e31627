import FFT from 'fft.js';

/**
 * The spectrum of one window of sound after the other: what `Meyda.extract('amplitudeSpectrum')` gives. It is
 * computed in double precision, as there: rounded to single, the empty bins of a pure tone would be noise.
 */
export class AmplitudeSpectrum {
  readonly #weights: Float32Array;
  readonly #fft: FFT;
  readonly #weighted: Float64Array;
  /** Real and imaginary parts in turn. */
  readonly #bins: Float64Array;
  readonly #amplitudes: Float32Array;

  /** @param weights the window function, `[bufferSize]`, a power of two */
  constructor(weights: Float32Array) {
    this.#weights = weights;
    this.#fft = new FFT(weights.length);
    this.#weighted = new Float64Array(weights.length);
    this.#bins = new Float64Array(2 * weights.length);
    this.#amplitudes = new Float32Array(weights.length / 2);
  }

  /**
   * @param samples `[bufferSize]`, not yet windowed
   * @returns amplitudes of the bins below the Nyquist frequency, `[bufferSize / 2]`; the next call overwrites them
   */
  compute(samples: Float32Array): Float32Array {
    const weights = this.#weights;
    for (let i = 0; i < weights.length; i++) this.#weighted[i] = samples[i]! * weights[i]!;
    this.#fft.realTransform(this.#bins, this.#weighted);
    const amplitudes = this.#amplitudes;
    for (let bin = 0; bin < amplitudes.length; bin++) {
      const real = this.#bins[2 * bin]!;
      const imaginary = this.#bins[2 * bin + 1]!;
      amplitudes[bin] = Math.sqrt(real * real + imaginary * imaginary);
    }
    return amplitudes;
  }
}
