import { subtitleTime } from './time-format.js';

/**
 * @import { Word } from './protocol.js'
 * @import { Line } from './transcript.js'
 *
 * One subtitle on the screen.
 * @typedef {{ start: number, end: number, text: string }} Cue
 */

/** Common subtitling practice: two rows of 42 characters, at most 6 s, a new one after a pause. */
const LIMITS = { rowCharacters: 42, cueCharacters: 84, cueSeconds: 6, pauseSeconds: 0.8, leastSeconds: 0.7 };

/**
 * The transcript as a SubRip file.
 * @param {readonly Line[]} lines
 * @returns {string} empty when there are no lines
 */
export function toSrt(lines) {
  const cues = lines.flatMap(toCues);
  return cues
    .map((cue, index) => `${index + 1}\n${cueTimes(cue, cues[index + 1])}\n${cue.text}\n`)
    .join('\n');
}

/**
 * @param {Line} line
 * @returns {Cue[]} in order, none overlapping
 */
function toCues(line) {
  if (line.refusal) return [];
  if (line.words.length === 0) return [{ start: line.start, end: line.end, text: wrap(line.text) }];
  /** @type {Word[][]} */
  const groups = [];
  for (const word of line.words) {
    const group = groups.at(-1);
    if (group && fits(group, word)) group.push(word);
    else groups.push([word]);
  }
  return groups.map(toCue);
}

/**
 * @param {readonly Word[]} group
 * @param {Word} word
 */
function fits(group, word) {
  const first = group[0];
  const last = group.at(-1);
  if (!first || !last) return true;
  const characters = joinWords(group).length + 1 + word.text.length;
  return (
    characters <= LIMITS.cueCharacters &&
    word.end - first.start <= LIMITS.cueSeconds &&
    word.start - last.end <= LIMITS.pauseSeconds
  );
}

/**
 * @param {readonly Word[]} group
 * @returns {Cue}
 */
function toCue(group) {
  return { start: group[0]?.start ?? 0, end: group.at(-1)?.end ?? 0, text: wrap(joinWords(group)) };
}

/**
 * A cue stays long enough to be read, but never into the next one.
 * @param {Cue} cue
 * @param {Cue | undefined} next
 */
function cueTimes(cue, next) {
  const wanted = Math.max(cue.end, cue.start + LIMITS.leastSeconds);
  const end = Math.min(wanted, Math.max(next?.start ?? wanted, cue.end));
  return `${subtitleTime(cue.start)} --> ${subtitleTime(end)}`;
}

/**
 * Two rows of about the same length when one row would be too long.
 * @param {string} text
 */
function wrap(text) {
  if (text.length <= LIMITS.rowCharacters) return text;
  const middle = text.length / 2;
  const spaces = [...text.matchAll(/ /g)].map((match) => match.index);
  const best = spaces.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  return best === undefined ? text : `${text.slice(0, best)}\n${text.slice(best + 1)}`;
}

/** @param {readonly Word[]} words */
function joinWords(words) {
  return words.map((word) => word.text).join(' ');
}
