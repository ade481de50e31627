import { FLOOR_DB } from './level.js';
import { betweenLevels, fillLevelColumn } from './level-column.js';
import { ROWS } from './spectrum.js';

/** @import { Level } from './protocol.js' */

/** Columns of a level that stands alone: it is that of a tenth of a second. */
const STEPS = 10;

/** What lies between two levels is drawn over; in a longer pause there was no sound to be drawn. */
const MOST_STEPS = 100;

/**
 * Columns of a picture for sound of which only the level is known. They keep to the clock, so that words placed by it
 * stand below their sound: where no levels came, because the connection was lost or the microphone stopped, the picture
 * stays empty.
 */
export class LevelTrack {
  #columnsPerSecond;
  #columns = 0;
  #column = new Uint8Array(ROWS);
  #last = { rms: FLOOR_DB, peak: FLOOR_DB };

  /** @param {number} columnsPerSecond */
  constructor(columnsPerSecond) {
    this.#columnsPerSecond = columnsPerSecond;
  }

  /**
   * @param {Level} level
   * @param {number} seconds since the left edge of the picture up to which the level reaches
   * @param {{ skip: (columns: number) => void, add: (column: Uint8Array) => void }} picture
   */
  accept(level, seconds, picture) {
    const end = Math.round(seconds * this.#columnsPerSecond);
    if (end - this.#columns > MOST_STEPS) {
      picture.skip(end - STEPS - this.#columns);
      this.#columns = end - STEPS;
      this.#last = { rms: FLOOR_DB, peak: FLOOR_DB };
    }
    const steps = end - this.#columns;
    for (let step = 1; step <= steps; step += 1) {
      fillLevelColumn(betweenLevels(this.#last, level, step / steps), this.#column);
      picture.add(this.#column);
    }
    this.#columns = Math.max(this.#columns, end);
    this.#last = level;
  }
}
