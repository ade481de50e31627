/**
 * @import { MicrophoneTask } from './protocol.js'
 *
 * What the daemon listens for.
 * @typedef {{ type: 'dictation' }} Dictation
 * @typedef {{ type: 'commands', grammars: readonly { name: string, text: string }[] }} Commands
 * @typedef {{ type: 'wake', phrases: readonly { text: string }[], listenFor: Dictation }} Wake
 * @typedef {Dictation | Commands | Wake} Task
 *
 * What a person wants of a stream; `readable`: numbers, times and capitals as people write them.
 * @typedef {{ task: Task, readable: boolean }} Wishes
 */

/** The tasks that the page offers. */
export const TASKS = /** @type {const} */ (['dictation', 'commands', 'wake']);

/** @typedef {typeof TASKS[number]} TaskName */

/** The name of the page's grammar, as the daemon's messages have it. */
export const GRAMMAR_NAME = 'grammar';

/** A wake phrase to begin with. */
export const EXAMPLE_PHRASE = 'hey earshot';

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
 * @param {{ grammar: string, phrase: string }} words `phrase`: one wake phrase, or several with commas between them
 * @returns {Task}
 */
export function taskOf(name, { grammar, phrase }) {
  if (name === 'commands') return { type: name, grammars: [{ name: GRAMMAR_NAME, text: grammar }] };
  const phrases = phrase.split(',').flatMap((text) => (text.trim() === '' ? [] : [{ text: text.trim() }]));
  // Without a phrase there is nothing to wait for.
  if (name === 'dictation' || phrases.length === 0) return { type: 'dictation' };
  return { type: name, phrases, listenFor: { type: 'dictation' } };
}

/**
 * @param {MicrophoneTask} task
 * @returns {string} what the daemon's own microphone does, in words
 */
export function microphoneText(task) {
  if (task.type === 'commands') return `Listens for the commands of ${task.grammars.join(', ')}`;
  if (task.type === 'dictation') return 'Listens to whatever is said';
  const phrases = task.phrases.map((phrase) => `“${phrase}”`).join(' or ');
  if (task.listenFor === null) return `Tells when it hears ${phrases}`;
  const { listenFor } = task;
  const behind =
    listenFor.type === 'commands' ? `the commands of ${listenFor.grammars.join(', ')}` : 'whatever is said';
  return `Waits for ${phrases}, then listens for ${behind}`;
}

/**
 * @param {unknown} value
 * @returns {value is TaskName}
 */
export function isTaskName(value) {
  return TASKS.some((name) => name === value);
}
