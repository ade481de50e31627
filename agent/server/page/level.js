/** The quietest level that the meter shows, dBFS. */
export const FLOOR_DB = -60;

const HOLD_MS = 1200;
const FALL_DB_PER_SECOND = 26;

/**
 * @param {Float32Array} samples -1 to 1
 * @returns {{ rms: number, peak: number }} dBFS; a full-scale square wave is 0 in both
 */
export function measureLevel(samples) {
  let sum = 0;
  let peak = 0;
  for (const sample of samples) {
    sum += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  return { rms: toDb(Math.sqrt(sum / Math.max(1, samples.length))), peak: toDb(peak) };
}

/**
 * @param {number} db dBFS
 * @returns {number} 0 at the floor of the meter, 1 at full scale
 */
export function meterShare(db) {
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

/** What the needle shows: up at once, down slowly, with a mark that stays at the last peak for a while. */
export class LevelBallistics {
  #rms = FLOOR_DB;
  #hold = FLOOR_DB;
  #holdUntil = 0;
  #last = 0;

  /**
   * @param {{ rms: number, peak: number }} level dBFS
   * @param {number} nowMs
   */
  accept(level, nowMs) {
    this.#fall(nowMs);
    this.#rms = Math.max(this.#rms, level.rms, FLOOR_DB);
    if (level.peak >= this.#hold) {
      this.#hold = level.peak;
      this.#holdUntil = nowMs + HOLD_MS;
    }
  }

  /**
   * @param {number} nowMs
   * @returns {{ rms: number, hold: number }} dBFS
   */
  read(nowMs) {
    this.#fall(nowMs);
    return { rms: this.#rms, hold: Math.max(FLOOR_DB, this.#hold) };
  }

  /** @param {number} nowMs */
  #fall(nowMs) {
    const fallen = (FALL_DB_PER_SECOND * Math.max(0, nowMs - this.#last)) / 1000;
    this.#last = nowMs;
    this.#rms = Math.max(FLOOR_DB, this.#rms - fallen);
    if (nowMs > this.#holdUntil) this.#hold = Math.max(FLOOR_DB, this.#hold - fallen);
  }
}

/** @param {number} amplitude 0 to 1 */
function toDb(amplitude) {
  return 20 * Math.log10(Math.max(amplitude, 1e-6));
}
