/** The part of fft.js that `amplitude-spectrum.ts` uses. */
declare module 'fft.js' {
  /** A radix-4 transform of one size; it keeps its tables and allocates nothing per call. */
  class FFT {
    /** @param size a power of two above 1 */
    constructor(size: number);
    /**
     * Writes bins 0 to `size / 2` of the spectrum of `data`, `[size]`, to `out`, `[size · 2]`: real and imaginary
     * parts in turn. What follows in `out` is not set.
     */
    realTransform(out: Float64Array, data: Float64Array): void;
  }
  export = FFT;
}
