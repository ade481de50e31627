/** The parameters of the front end, as a bundle states them: `model.json`, field `frontend`. */
export interface FrontendParams {
  readonly type: 'mfcc';
  /** Hz */
  readonly sampleRate: number;
  /** Samples of one analysis window; a power of two. */
  readonly bufferSize: number;
  /** Samples from one window's start to the next. */
  readonly hop: number;
  /** Meyda's symmetric Hann window. */
  readonly window: 'hanning';
  readonly melBands: number;
  /** Cepstral coefficients per frame, the zeroth included; at most `melBands` and at most 40. */
  readonly coefficients: number;
}

/** The front end of every model so far; the trainer exports its features with the same numbers. */
export const DEFAULT_FRONTEND: FrontendParams = {
  type: 'mfcc',
  sampleRate: 16000,
  bufferSize: 512,
  hop: 160,
  window: 'hanning',
  melBands: 40,
  coefficients: 40,
};
