/**
 * @import { Line } from './transcript.js'
 */

/** Why speech is no command, for people. */
const REFUSALS = { unlikely: 'Not a command', incomplete: 'A command that breaks off' };

/**
 * What a line means, piece by piece: the intent and its slots, or why it is no command. Nothing in dictation.
 * @param {Pick<Line, 'intent' | 'refusal'>} line
 * @returns {{ kind: 'intent' | 'slot' | 'refusal', name: string, value?: string }[]}
 */
export function meaningOf({ intent, refusal }) {
  if (refusal) return [{ kind: 'refusal', name: REFUSALS[refusal] }];
  if (!intent) return [];
  const slots = intent.slots.map(({ name, value }) => ({
    kind: /** @type {const} */ ('slot'),
    name,
    value: String(value),
  }));
  return [{ kind: 'intent', name: intent.name }, ...slots];
}

/**
 * @param {Line} line
 * @returns {HTMLElement | undefined} nothing in dictation
 */
export function intentChips(line) {
  const pieces = meaningOf(line);
  if (pieces.length === 0) return undefined;
  const list = document.createElement('ul');
  list.className = 'chips';
  for (const { kind, name, value } of pieces) {
    const item = document.createElement('li');
    item.className = kind;
    item.append(name);
    if (value !== undefined) {
      const strong = document.createElement('b');
      strong.textContent = value;
      item.append(' ', strong);
    }
    list.append(item);
  }
  return list;
}
