/**
 * @import { Intent, Slot } from './protocol.js'
 *
 * Where a grammar is wrong, and what is. Line and column count from 1; without them the grammar as a whole is.
 * @typedef {{ line?: number, column?: number, problem: string }} GrammarFault
 */

const PLACE = /^.*?, line (\d+), column (\d+): (.*)$/s;

/**
 * Reads what the daemon says of a grammar that it can not use: `grammar, line 3, column 7: expected …`.
 * @param {string} message
 * @returns {GrammarFault}
 */
export function readFault(message) {
  const [, line, column, problem] = PLACE.exec(message) ?? [];
  if (problem === undefined) return { problem: message };
  return { line: Number(line), column: Number(column), problem };
}

/**
 * The lines of a YAML grammar, counted from 1, that made an intent: its sentences, and of the lists of its slots those
 * with the values that were said.
 * @param {readonly string[]} lines
 * @param {Intent} intent
 * @returns {Set<number>}
 */
export function linesOfIntent(lines, { name, slots }) {
  const found = blockOf(lines, name);
  for (const slot of slots) {
    const [key, ...values] = blockOf(lines, listOf(lines, slot));
    if (key === undefined) continue;
    found.push(key, ...values.filter((line) => holds(lines[line - 1] ?? '', slot)));
  }
  return new Set(found);
}

/**
 * The line with a key, and those below it that are indented more.
 * @param {readonly string[]} lines
 * @param {string} key
 * @returns {number[]}
 */
function blockOf(lines, key) {
  const first = lines.findIndex((line) => keyOf(line) === key);
  if (first < 0) return [];
  const indent = indentOf(lines[first] ?? '');
  const block = [first + 1];
  for (let at = first + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    if (indentOf(line) <= indent) break;
    block.push(at + 1);
  }
  return block;
}

/**
 * `{area:room}`: the values of the slot `room` are in the list `area`.
 * @param {readonly string[]} lines
 * @param {Slot} slot
 */
function listOf(lines, { name }) {
  for (const line of lines) {
    for (const [, list, slot] of line.matchAll(/\{([^{}:]+):([^{}:]+)\}/g))
      if (slot === name) return list ?? '';
  }
  return name;
}

/** @param {string} line */
function keyOf(line) {
  return /^\s*["']?([^"':#]+?)["']?\s*:/.exec(line)?.[1];
}

/** @param {string} line */
function indentOf(line) {
  return line.length - line.trimStart().length;
}

/**
 * @param {string} line
 * @param {Slot} slot
 */
function holds(line, { value, text }) {
  return line.includes(String(value)) || (text !== '' && line.includes(text));
}
