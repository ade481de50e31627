import { ROWS } from './spectrum.js';

/** The newest columns of the spectrogram, as intensities, so that they can be painted again in other colours. */
export class ColumnHistory {
  /** Columns kept. */
  capacity;
  #cells;
  #count = 0;

  /** @param {number} capacity columns */
  constructor(capacity) {
    this.capacity = capacity;
    this.#cells = new Uint8Array(capacity * ROWS);
  }

  /** Columns ever added. */
  get count() {
    return this.#count;
  }

  /** @param {Uint8Array} column `ROWS` intensities */
  add(column) {
    this.#cells.set(column, (this.#count % this.capacity) * ROWS);
    this.#count += 1;
  }

  /** @param {number} columns without any sound */
  skip(columns) {
    const first = this.#count + Math.max(0, columns - this.capacity);
    this.#count += columns;
    for (let index = first; index < this.#count; index += 1) this.column(index).fill(0);
  }

  /**
   * @param {number} index of a column that is still kept
   * @returns {Uint8Array} a view, not a copy
   */
  column(index) {
    const start = (index % this.capacity) * ROWS;
    return this.#cells.subarray(start, start + ROWS);
  }

  clear() {
    this.#count = 0;
    this.#cells.fill(0);
  }
}
