/**
 * What the daemon listens for.
 * @typedef {{ type: 'dictation' }} Dictation
 * @typedef {{ type: 'commands', grammars: readonly { name: string, text: string }[] }} Commands
 * @typedef {Dictation | Commands} Task
 *
 * What a person wants of a stream; `readable`: numbers, times and capitals as people write them.
 * @typedef {{ task: Task, readable: boolean }} Wishes
 */

/** The tasks that the page offers. */
export const TASKS = /** @type {const} */ (['dictation', 'commands']);

/** @typedef {typeof TASKS[number]} TaskName */

/** The name of the page's grammar, as the daemon's messages have it. */
export const GRAMMAR_NAME = 'grammar';

/** A grammar to begin with. */
export const EXAMPLE_GRAMMAR = `intents:
  Light:
    - "(turn|switch) {state} [the] {area} light[s]"
    - "(turn|switch) [the] {area} light[s] {state}"
  Brightness:
    - "set [the] {area} light[s] to {level:0-100} percent"
  Time:
    - "what time is it"
lists:
  state: ["on", "off"]
  area: [kitchen, bedroom, hall, "living room"]
`;

/**
 * @param {TaskName} name
 * @param {string} grammar
 * @returns {Task}
 */
export function taskOf(name, grammar) {
  if (name === 'dictation') return { type: name };
  return { type: name, grammars: [{ name: GRAMMAR_NAME, text: grammar }] };
}

/**
 * @param {unknown} value
 * @returns {value is TaskName}
 */
export function isTaskName(value) {
  return TASKS.some((name) => name === value);
}
