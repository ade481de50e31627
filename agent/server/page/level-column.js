import { meterShare } from './level.js';
import { ROWS } from './spectrum.js';

/**
 * A column for sound of which only the level is known: a bar around the middle, its core as high as the
 * root mean square, its faint edge as high as the peak.
 * @param {{ rms: number, peak: number }} level dBFS
 * @param {Uint8Array} column receives `ROWS` intensities
 */
export function fillLevelColumn(level, column) {
  const core = meterShare(level.rms) * (ROWS / 2);
  const edge = Math.max(core, meterShare(level.peak) * (ROWS / 2));
  const intensity = 70 + 100 * meterShare(level.rms);
  for (let row = 0; row < ROWS; row += 1) {
    const distance = Math.abs(row + 0.5 - ROWS / 2);
    column[row] = distance <= Math.max(core, 0.6) ? intensity : distance <= edge ? 40 : 0;
  }
}

/**
 * @param {{ rms: number, peak: number }} from dBFS
 * @param {{ rms: number, peak: number }} to dBFS
 * @param {number} share 0: `from`, 1: `to`
 * @returns {{ rms: number, peak: number }} dBFS
 */
export function betweenLevels(from, to, share) {
  return {
    rms: from.rms + (to.rms - from.rms) * share,
    peak: from.peak + (to.peak - from.peak) * share,
  };
}
