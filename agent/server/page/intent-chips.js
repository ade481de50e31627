/**
 * @import { Line } from './transcript.js'
 */

/** Why speech is no command, for people. */
const REFUSALS = { unlikely: 'Not a command', incomplete: 'A command that breaks off' };

/**
 * What a line means, piece by piece: the wake phrase before it, the intent and its slots, or why it is no command. Nothing in
 * plain dictation.
 * @param {Pick<Line, 'intent' | 'refusal' | 'wake'>} line
 * @returns {{ kind: string, name: string, value?: string }[]} `kind`: wake, intent, slot or refusal
 */
export function meaningOf({ intent, refusal, wake }) {
  const slots = (intent?.slots ?? []).map(({ name, value }) => ({
    kind: 'slot',
    name,
    value: String(value),
  }));
  return [
    ...(wake ? [{ kind: 'wake', name: `“${wake}”` }] : []),
    ...(refusal ? [{ kind: 'refusal', name: REFUSALS[refusal] }] : []),
    ...(intent ? [{ kind: 'intent', name: intent.name }] : []),
    ...slots,
  ];
}

/**
 * @param {Line} line
 * @returns {HTMLElement | undefined} nothing in plain dictation
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
