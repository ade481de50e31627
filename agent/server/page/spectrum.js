import { Fft } from './fft.js';

/** Rows of a column, lowest frequency first. */
export const ROWS = 96;

const LOWEST_HZ = 60;
const HIGHEST_HZ = 8000;
/** The window of the recogniser's own front end. */
const WINDOW_SECONDS = 0.032;
/** A full-scale sine is 0 dB; the loudest sound of the last while is white, this much less is black. */
const RANGE_DB = 54;
const QUIETEST_PEAK_DB = -34;
const PEAK_FALL_DB_PER_SECOND = 1.5;

/** Turns sound into columns of a spectrogram, any split of the samples into chunks alike. */
export class Spectrum {
  #fft;
  #window;
  #hop;
  #pending;
  #filled = 0;
  #skip = 0;
  #windowed;
  #power;
  #bins;
  #scale;
  #peakDb = QUIETEST_PEAK_DB;
  #fallDb;
  #column = new Uint8Array(ROWS);

  /**
   * @param {number} sampleRate Hz
   * @param {number} hopSeconds from one column to the next
   */
  constructor(sampleRate, hopSeconds) {
    const size = 2 ** Math.round(Math.log2(WINDOW_SECONDS * sampleRate));
    this.#fft = new Fft(size);
    this.#window = hann(size);
    this.#hop = Math.max(1, Math.round(hopSeconds * sampleRate));
    this.#pending = new Float32Array(size);
    this.#windowed = new Float32Array(size);
    this.#power = new Float32Array(size / 2 + 1);
    this.#bins = rowBins(sampleRate, size);
    // A sine of amplitude 1 gives (size / 4)² in its bin after the Hann window.
    this.#scale = (4 / size) ** 2;
    this.#fallDb = PEAK_FALL_DB_PER_SECOND * (this.#hop / sampleRate);
  }

  /**
   * @param {Float32Array} samples -1 to 1
   * @param {(column: Uint8Array) => void} onColumn receives `ROWS` intensities, valid during the call only
   */
  accept(samples, onColumn) {
    for (const sample of samples) {
      if (this.#skip > 0) {
        this.#skip -= 1;
        continue;
      }
      this.#pending[this.#filled] = sample;
      this.#filled += 1;
      if (this.#filled === this.#pending.length) onColumn(this.#nextColumn());
    }
  }

  /** Computes the full window and moves it on by one hop. */
  #nextColumn() {
    const size = this.#pending.length;
    for (let i = 0; i < size; i += 1) this.#windowed[i] = (this.#pending[i] ?? 0) * (this.#window[i] ?? 0);
    this.#fft.power(this.#windowed, this.#power);
    this.#fillColumn();
    this.#pending.copyWithin(0, Math.min(this.#hop, size));
    this.#filled = Math.max(0, size - this.#hop);
    this.#skip = Math.max(0, this.#hop - size);
    return this.#column;
  }

  #fillColumn() {
    this.#peakDb = Math.max(QUIETEST_PEAK_DB, this.#peakDb - this.#fallDb);
    for (let row = 0; row < ROWS; row += 1) {
      const db = 10 * Math.log10(this.#rowPower(row) * this.#scale + 1e-12);
      this.#peakDb = Math.max(this.#peakDb, db);
      const share = Math.min(1, Math.max(0, (db - this.#peakDb) / RANGE_DB + 1));
      // Squaring keeps the ground of room noise calm under the speech.
      this.#column[row] = Math.round(255 * share * share);
    }
  }

  /**
   * Where a row is narrower than a bin the power is interpolated, else the strongest bin counts.
   * @param {number} row
   */
  #rowPower(row) {
    const from = this.#bins[row] ?? 0;
    const to = this.#bins[row + 1] ?? from;
    let strongest = interpolate(this.#power, from);
    for (let bin = Math.ceil(from); bin < to; bin += 1) {
      strongest = Math.max(strongest, this.#power[bin] ?? 0);
    }
    return strongest;
  }
}

/**
 * Borders of the rows in bins, equal on the mel scale.
 * @param {number} sampleRate
 * @param {number} size
 */
function rowBins(sampleRate, size) {
  const mel = (/** @type {number} */ hz) => Math.log1p(hz / 700);
  const from = mel(LOWEST_HZ);
  const to = mel(Math.min(HIGHEST_HZ, sampleRate / 2));
  return Float32Array.from({ length: ROWS + 1 }, (_, row) => {
    const hz = 700 * Math.expm1(from + ((to - from) * row) / ROWS);
    return (hz * size) / sampleRate;
  });
}

/**
 * @param {Float32Array} values
 * @param {number} position between two indices
 */
function interpolate(values, position) {
  const index = Math.floor(position);
  const lower = values[index] ?? 0;
  const upper = values[index + 1] ?? lower;
  return lower + (upper - lower) * (position - index);
}

/** @param {number} size */
function hann(size) {
  return Float32Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
}
