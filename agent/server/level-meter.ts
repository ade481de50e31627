import { type Level, measureLevel } from '../capture/pcm.ts';

const LEVELS_PER_SECOND = 10;

/** Measures how loud a stream is, once for each tenth of a second of audio. */
export class LevelMeter {
  readonly #window: Int16Array;
  readonly #onLevel: (level: Level) => void;
  #filled = 0;

  constructor(sampleRate: number, onLevel: (level: Level) => void) {
    this.#window = new Int16Array(sampleRate / LEVELS_PER_SECOND);
    this.#onLevel = onLevel;
  }

  accept(samples: Int16Array): void {
    for (let start = 0; start < samples.length; ) {
      const part = samples.subarray(start, start + this.#window.length - this.#filled);
      this.#window.set(part, this.#filled);
      this.#filled += part.length;
      start += part.length;
      if (this.#filled < this.#window.length) return;
      this.#filled = 0;
      this.#onLevel(measureLevel(this.#window));
    }
  }
}
