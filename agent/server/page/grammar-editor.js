import { element, setText } from './dom.js';
import { linesOfIntent, readFault } from './grammar-places.js';

/**
 * @import { GrammarFault } from './grammar-places.js'
 * @import { Intent } from './protocol.js'
 */

/** What stands at once in the field. */
const LEAST_ROWS = 6;
const MOST_ROWS = 16;

/**
 * A grammar that is written: line numbers, the place of a fault, and the lines that made a command. They are drawn behind
 * the text, for the lines in sight only: a grammar may have a million characters.
 */
export class GrammarEditor {
  #input = element('grammar', HTMLTextAreaElement);
  #backdrop = element('grammar-lines', HTMLElement);
  #message = element('grammar-fault', HTMLElement);
  #jump = document.createElement('button');
  /** @type {readonly string[]} */
  #lines = [];
  /** @type {GrammarFault | undefined} */
  #fault;
  /** @type {ReadonlySet<number>} */
  #lit = new Set();

  /**
   * @param {string} text
   * @param {() => void} onInput
   */
  constructor(text, onInput) {
    this.#input.value = text;
    this.#input.addEventListener('input', () => {
      this.showFault(undefined);
      this.#read();
      onInput();
    });
    this.#input.addEventListener('scroll', () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.#input);
    this.#jump.type = 'button';
    this.#jump.addEventListener('click', () => this.#goToFault());
    this.#read();
  }

  get text() {
    return this.#input.value;
  }

  /** @param {string | undefined} message of the daemon; none when all is well */
  showFault(message) {
    this.#fault = message === undefined ? undefined : readFault(message);
    this.#say();
    this.#input.setAttribute('aria-invalid', String(this.#fault !== undefined));
    this.#draw();
  }

  /** @param {Intent | undefined} intent that was understood last; none when it was no command */
  light(intent) {
    if (!intent && this.#lit.size === 0) return; // dictation: drawing costs a layout
    this.#lit = intent ? linesOfIntent(this.#lines, intent) : new Set();
    this.#draw();
  }

  /** A fault that has a place leads there. */
  #say() {
    const { line, column, problem = '' } = this.#fault ?? {};
    if (line === undefined) {
      setText(this.#message, problem);
      return;
    }
    setText(this.#jump, `Line ${line}, column ${column}: ${problem}`);
    if (!this.#jump.isConnected) this.#message.replaceChildren(this.#jump);
  }

  #read() {
    this.#lines = this.#input.value.split('\n');
    this.#input.rows = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, this.#lines.length));
    this.#lit = new Set();
    this.#draw();
  }

  #draw() {
    const { lineHeight } = getComputedStyle(this.#input);
    const height = Number.parseFloat(lineHeight);
    const first = Math.floor(this.#input.scrollTop / height);
    const count = Math.ceil(this.#input.clientHeight / height) + 1;
    const inSight = this.#lines.slice(first, first + count);
    this.#backdrop.replaceChildren(...inSight.map((text, index) => this.#drawLine(text, first + index + 1)));
    this.#backdrop.style.top = `${first * height - this.#input.scrollTop}px`;
    this.#backdrop.style.setProperty('--scrolled', `${-this.#input.scrollLeft}px`);
  }

  /**
   * @param {string} text
   * @param {number} number
   */
  #drawLine(text, number) {
    const line = document.createElement('div');
    const code = document.createElement('span');
    const isWrong = this.#fault?.line === number;
    line.dataset['number'] = String(number);
    line.classList.toggle('lit', this.#lit.has(number));
    line.classList.toggle('wrong', isWrong);
    code.append(...(isWrong ? markFault(text, this.#fault?.column ?? 1) : [text]));
    line.append(code);
    return line;
  }

  #goToFault() {
    const { line, column = 1 } = this.#fault ?? {};
    if (line === undefined) return;
    const before = this.#lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    this.#input.focus();
    this.#input.setSelectionRange(before + column - 1, before + column - 1);
  }
}

/**
 * The line with a mark from the column to the end of what stands there.
 * @param {string} text
 * @param {number} column
 * @returns {(string | HTMLElement)[]}
 */
function markFault(text, column) {
  const rest = text.slice(column - 1);
  const wrong = /^(\{[^}]*\}?|<[^>]*>?|\w+|.)/u.exec(rest)?.[0] ?? ' ';
  const mark = document.createElement('mark');
  mark.textContent = wrong;
  return [text.slice(0, column - 1), mark, rest.slice(wrong.length)];
}
