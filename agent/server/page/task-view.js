import { element, setText } from './dom.js';
import { GrammarCheck } from './grammar-check.js';
import { GrammarEditor } from './grammar-editor.js';
import { ofDevice } from './kept-values.js';
import { EXAMPLE_GRAMMAR, EXAMPLE_PHRASE, isTaskName, microphoneText, taskOf } from './task.js';

/**
 * @import { Intent, MicrophoneTask } from './protocol.js'
 * @import { ServerAddress } from './server-address.js'
 * @import { TaskName, Wishes } from './task.js'
 */

/** What the daemon takes, well below its limit of a message; in bytes, as JSON. */
const LARGEST_GRAMMAR_BYTES = 1_000_000;
/** A grammar is sent when nothing was typed for this long. */
const TYPING_PAUSE_MS = 500;

const TASK_KEY = 'earshot.task';
const GRAMMAR_KEY = 'earshot.grammar';
const PHRASE_KEY = 'earshot.phrase';
const READABLE_KEY = 'earshot.readable';

/** What the daemon shall listen for: dictation, or the commands of a grammar, which can be edited meanwhile. */
export class TaskView {
  #tasks = element('tasks', HTMLFieldSetElement);
  #readable = element('readable', HTMLInputElement);
  #phrase = element('phrase', HTMLInputElement);
  #phraseFault = element('phrase-fault', HTMLElement);
  #microphone = element('microphone-task', HTMLElement);
  #check;
  #editor;
  #onChange;
  #timer = 0;
  /** @type {TaskName} */
  #name = 'dictation';
  /** The grammar in force: what stands in the field, unless it is too large to be sent. */
  #grammar = '';

  /**
   * @param {ServerAddress} address
   * @param {(wishes: Wishes) => boolean} onChange whether a stream takes the wishes
   */
  constructor(address, onChange) {
    this.#onChange = onChange;
    this.#check = new GrammarCheck(address, (message) => this.showFault(message));
    const onTyping = () => this.#changeSoon();
    this.#editor = new GrammarEditor(ofDevice.get(GRAMMAR_KEY) ?? EXAMPLE_GRAMMAR, onTyping);
    this.#phrase.value = ofDevice.get(PHRASE_KEY) ?? EXAMPLE_PHRASE;
    this.#phrase.addEventListener('input', onTyping);
    this.#takeGrammar();
    this.#readable.checked = ofDevice.get(READABLE_KEY) === 'yes';
    this.#readable.addEventListener('change', () => this.#change());
    this.#tasks.addEventListener('change', (event) => {
      this.#select(event.target instanceof HTMLInputElement ? event.target.value : '');
      this.#change();
    });
    this.#select(ofDevice.get(TASK_KEY) ?? '');
  }

  /** @returns {Wishes} */
  get wishes() {
    this.#takeGrammar();
    return {
      task: taskOf(this.#name, { grammar: this.#grammar, phrase: this.#phrase.value }),
      readable: this.#readable.checked,
    };
  }

  /**
   * Says what is wrong with the grammar or the wake phrase; the daemon goes on with what it had.
   * @param {string} message
   */
  showFault(message) {
    if (this.#name === 'wake') setText(this.#phraseFault, message);
    else this.#editor.showFault(message);
  }

  /** @param {Intent | undefined} intent that was understood last; none when it was no command */
  light(intent) {
    this.#editor.light(intent);
  }

  /**
   * Says what the daemon's own microphone listens for: that stands in the daemon's configuration, not here.
   * @param {MicrophoneTask} task
   */
  showMicrophone(task) {
    setText(this.#microphone, microphoneText(task));
  }

  /** @param {string} value */
  #select(value) {
    this.#name = isTaskName(value) ? value : 'dictation';
    document.documentElement.dataset['task'] = this.#name;
    const input = this.#tasks.querySelector(`[value=${this.#name}]`);
    if (input instanceof HTMLInputElement) input.checked = true;
  }

  #changeSoon() {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#change(), TYPING_PAUSE_MS);
  }

  #change() {
    window.clearTimeout(this.#timer);
    this.#remember();
    this.#check.drop();
    const excess = this.#takeGrammar();
    if (excess !== undefined) {
      this.#editor.showFault(excess);
      return;
    }
    this.#editor.showFault(undefined);
    setText(this.#phraseFault, '');
    const { wishes } = this;
    if (!this.#onChange(wishes) && wishes.task.type !== 'dictation') this.#check.ask(wishes);
  }

  /**
   * Puts what stands in the field in force, also what was typed just now.
   * @returns {string | undefined} what is wrong, when it is too large to be sent: then the one before stays in force
   */
  #takeGrammar() {
    const { size } = new Blob([JSON.stringify(this.#editor.text)]);
    if (size > LARGEST_GRAMMAR_BYTES) {
      return `expected a grammar of at most ${LARGEST_GRAMMAR_BYTES} bytes, got ${size}`;
    }
    this.#grammar = this.#editor.text;
    return undefined;
  }

  #remember() {
    ofDevice.set(TASK_KEY, this.#name);
    ofDevice.set(PHRASE_KEY, this.#phrase.value);
    ofDevice.set(READABLE_KEY, this.#readable.checked ? 'yes' : 'no');
    ofDevice.set(GRAMMAR_KEY, this.#editor.text);
  }
}
