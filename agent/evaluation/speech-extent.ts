import { quantile } from './quantile.ts';

/** A frame's level is its mean square; quieter than this counts as this (dB relative to one step of int16). */
const LEAST_DB = 0;
/** Where the threshold lies between the quiet and the loud of a recording: low, since words end softly. */
const THRESHOLD_SHARE = 0.35;
/** Frames in a row that make speech: a click is shorter. */
const LEAST_FRAMES = 3;
const FRAME_SECONDS = 0.01;

/**
 * Finds where the speech in a recording ends by its loudness alone, so that latency can be counted from the sound
 * and not from what the recognizer itself says about it. Frames of 10 ms; speech is what lies above a threshold
 * a third of the way (in dB) from the recording's noise floor (10th percentile) to its loud parts (95th), for
 * at least 30 ms. Good to some 50 ms on recordings with little noise; a loud noise after the speech is taken for it.
 */
export class SpeechExtent {
  readonly #frameSamples: number;
  readonly #levels: number[] = [];
  #sum = 0;
  #count = 0;

  constructor(sampleRate: number) {
    this.#frameSamples = Math.round(sampleRate * FRAME_SECONDS);
  }

  /** Mono int16 samples, in any pieces. */
  accept(samples: Int16Array): void {
    for (const sample of samples) {
      this.#sum += sample * sample;
      this.#count += 1;
      if (this.#count === this.#frameSamples) this.#endFrame();
    }
  }

  /** Seconds at which the last speech ends; `null` where nothing stands out. */
  get endSeconds(): number | null {
    if (this.#levels.length === 0) return null;
    const sorted = this.#levels.toSorted((a, b) => a - b);
    const floor = quantile(sorted, 0.1);
    const threshold = floor + THRESHOLD_SHARE * (quantile(sorted, 0.95) - floor);
    let run = 0;
    for (let frame = this.#levels.length - 1; frame >= 0; frame--) {
      run = this.#levels[frame]! > threshold ? run + 1 : 0;
      if (run === LEAST_FRAMES) return (frame + LEAST_FRAMES) * FRAME_SECONDS;
    }
    return null;
  }

  #endFrame(): void {
    this.#levels.push(Math.max(LEAST_DB, 10 * Math.log10(this.#sum / this.#count)));
    this.#sum = 0;
    this.#count = 0;
  }
}
