/**
 * @import { Word } from './protocol.js'
 *
 * A word under the spectrogram; `x` in pixels from the left edge of the recording.
 * @typedef {{ word: Word, x: number, width: number, row: number, faint: boolean }} LaneWord
 */

const GAP = 7;

/**
 * Places words below the sound in which they were said. A word that would touch its neighbour goes to the
 * next row; where all rows are taken it is left out, as the transcript holds it anyway.
 * @param {readonly { word: Word, faint: boolean }[]} words in order of time
 * @param {{ pixelsPerSecond: number, rows: number, measure: (text: string) => number }} lane
 * @returns {LaneWord[]}
 */
export function placeWords(words, lane) {
  const ends = new Array(lane.rows).fill(Number.NEGATIVE_INFINITY);
  /** @type {LaneWord[]} */
  const placed = [];
  for (const { word, faint } of words) {
    const width = lane.measure(word.text);
    const x = word.start * lane.pixelsPerSecond;
    const row = ends.findIndex((end) => end + GAP <= x);
    if (row < 0) continue;
    ends[row] = x + width;
    placed.push({ word, x, width, row, faint });
  }
  return placed;
}
