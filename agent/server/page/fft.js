/**
 * Radix-2 fast Fourier transform of real samples, in place on two buffers made once
 * (Cooley and Tukey 1965, decimation in time).
 */
export class Fft {
  #size;
  #real;
  #imaginary;
  #cosines;
  #sines;
  #reversed;

  /** @param {number} size a power of two */
  constructor(size) {
    this.#size = size;
    this.#real = new Float32Array(size);
    this.#imaginary = new Float32Array(size);
    this.#cosines = Float32Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sines = Float32Array.from({ length: size / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
    this.#reversed = bitReversal(size);
  }

  /**
   * Power of each bin from 0 Hz to half the sample rate.
   * @param {Float32Array} samples `size` of them
   * @param {Float32Array} power receives `size / 2 + 1` values
   */
  power(samples, power) {
    for (let i = 0; i < this.#size; i += 1) this.#real[at(this.#reversed, i)] = at(samples, i);
    this.#imaginary.fill(0);
    for (let half = 1; half < this.#size; half *= 2) this.#combine(half);
    for (let k = 0; k <= this.#size / 2; k += 1) {
      power[k] = at(this.#real, k) ** 2 + at(this.#imaginary, k) ** 2;
    }
  }

  /**
   * Joins pairs of transforms of length `half`.
   * @param {number} half
   */
  #combine(half) {
    const real = this.#real;
    const imaginary = this.#imaginary;
    const stride = this.#size / (2 * half);
    for (let start = 0; start < this.#size; start += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const upper = start + k;
        const lower = upper + half;
        const cosine = at(this.#cosines, k * stride);
        const sine = at(this.#sines, k * stride);
        const re = at(real, lower) * cosine - at(imaginary, lower) * sine;
        const im = at(real, lower) * sine + at(imaginary, lower) * cosine;
        real[lower] = at(real, upper) - re;
        imaginary[lower] = at(imaginary, upper) - im;
        real[upper] = at(real, upper) + re;
        imaginary[upper] = at(imaginary, upper) + im;
      }
    }
  }
}

/**
 * @param {Float32Array | Uint16Array} values
 * @param {number} index inside the array by construction
 */
function at(values, index) {
  return /** @type {number} */ (values[index]);
}

/**
 * @param {number} size a power of two
 * @returns {Uint16Array} where each sample goes
 */
function bitReversal(size) {
  const reversed = new Uint16Array(size);
  for (let i = 1; i < size; i += 1) {
    reversed[i] = at(reversed, i >> 1) / 2 + (i % 2) * (size / 2);
  }
  return reversed;
}
