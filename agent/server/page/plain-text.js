import { clock } from './time-format.js';

/** @import { Line } from './transcript.js' */

/**
 * The transcript for the clipboard: one finished line per row.
 * @param {readonly Line[]} lines
 * @returns {string}
 */
export function toText(lines) {
  return spoken(lines)
    .map((line) => line.text)
    .join('\n');
}

/**
 * The transcript for a file: each row with the time at which it was said.
 * @param {readonly Line[]} lines
 * @returns {string}
 */
export function toTimedText(lines) {
  return spoken(lines)
    .map((line) => `[${clock(line.start)}] ${line.text}\n`)
    .join('');
}

/**
 * Without what was no command.
 * @param {readonly Line[]} lines
 */
function spoken(lines) {
  return lines.filter((line) => !line.refusal);
}
