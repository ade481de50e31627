import Meyda from 'meyda';
import { AmplitudeSpectrum } from './amplitude-spectrum.ts';
import { CosineTransform } from './cosine-transform.ts';
import type { FrontendParams } from './frontend-params.ts';
import { MelFilterBank } from './mel-filter-bank.ts';

/** What is used of Meyda, here and to compare with; its own typings leave the filter bank out. */
interface MeydaInstance {
  bufferSize: number;
  sampleRate: number;
  windowingFunction: string;
  melBands: number;
  numberOfMFCCCoefficients: number;
  melFilterBank: number[][];
  extract(feature: 'amplitudeSpectrum', signal: Float32Array): Float32Array;
  extract(feature: 'mfcc', signal: Float32Array): number[];
  windowing(signal: Float32Array, name: string): Float32Array;
}

/**
 * A copy of Meyda with its fields set once. Meyda is one mutable object for the whole process and keeps a stale
 * filter bank when a field changes after the first `extract`; a copy is nobody else's to change.
 */
export function createMeyda(params: FrontendParams): MeydaInstance {
  return Object.assign({}, Meyda, {
    bufferSize: params.bufferSize,
    sampleRate: params.sampleRate,
    windowingFunction: params.window,
    melBands: params.melBands,
    numberOfMFCCCoefficients: params.coefficients,
    melFilterBank: undefined,
  }) as unknown as MeydaInstance;
}

/**
 * Mel-frequency cepstral coefficients of one window at a time, the same numbers as `Meyda.extract('mfcc')`.
 * Meyda gives the window and the filter bank, once. Its own way from there allocates some forty arrays a frame,
 * computes every twiddle factor anew and multiplies with the zeros of the filters; here it is typed arrays.
 */
export class Mfcc {
  readonly #spectrum: AmplitudeSpectrum;
  readonly #bank: MelFilterBank;
  readonly #transform: CosineTransform;
  readonly #logMel: Float32Array;

  constructor(params: FrontendParams) {
    const meyda = createMeyda(params);
    const ones = new Float32Array(params.bufferSize).fill(1);
    meyda.extract('mfcc', ones); // builds the filter bank
    this.#spectrum = new AmplitudeSpectrum(meyda.windowing(ones, params.window));
    this.#bank = new MelFilterBank(meyda.melFilterBank, params.bufferSize / 2);
    this.#transform = new CosineTransform(params.melBands, params.coefficients);
    this.#logMel = new Float32Array(params.melBands);
  }

  /** The cosine matrix, row-major `[coefficients, melBands]`: `mfcc = matrix · logMel`. */
  get cosineMatrix(): Float32Array {
    return this.#transform.matrix;
  }

  /**
   * Writes `ln(1 + E)` of each mel band, `[melBands]`, to `out` at `offset`.
   * @param window `bufferSize` samples in the int16 range, not yet windowed
   */
  logMel(window: Float32Array, out: Float32Array, offset: number): void {
    this.#bank.apply(this.#spectrum.compute(window), out, offset);
  }

  /** Writes the coefficients of one window, `[coefficients]`, to `out` at `offset`. */
  compute(window: Float32Array, out: Float32Array, offset: number): void {
    this.logMel(window, this.#logMel, 0);
    this.#transform.apply(this.#logMel, out, offset);
  }
}
