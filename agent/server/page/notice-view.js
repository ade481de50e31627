import { element, setText } from './dom.js';
import { describeFault } from './fault.js';

/** Faults in words, with the button that helps; and what can be undone. */
export class NoticeView {
  #notice = element('notice', HTMLElement);
  #title = element('notice-title', HTMLElement);
  #text = element('notice-text', HTMLElement);
  #action = element('notice-action', HTMLButtonElement);
  #remedies;
  #onAction = () => {};
  #code = '';

  /** @param {{ token: () => void, retry: () => void }} remedies */
  constructor(remedies) {
    this.#remedies = remedies;
    this.#action.addEventListener('click', () => {
      this.hide();
      this.#onAction();
    });
    element('notice-close', HTMLButtonElement).addEventListener('click', () => this.hide());
  }

  /**
   * @param {string} code
   * @param {string} [message] of the daemon
   */
  fault(code, message) {
    if (code === this.#code && message === undefined) return; // the daemon's own words, where they are shown, say more
    const { title, text, remedy } = describeFault(code, message);
    this.#code = code;
    this.#notice.dataset['kind'] = 'fault';
    this.#show(title, text);
    this.#offer(remedy === 'token' ? 'Enter token' : 'Try again', remedy && this.#remedies[remedy]);
  }

  /**
   * @param {string} title
   * @param {() => void} undo
   */
  undoable(title, undo) {
    this.#code = '';
    this.#notice.dataset['kind'] = 'undo';
    this.#show(title, '');
    this.#offer('Undo', undo);
  }

  hide() {
    this.#notice.hidden = true;
    this.#code = '';
  }

  /**
   * Takes away a fault that has passed.
   * @param {(code: string) => boolean} passed
   */
  hideFaults(passed) {
    if (this.#code !== '' && passed(this.#code)) this.hide();
  }

  /**
   * @param {string} title
   * @param {string} text
   */
  #show(title, text) {
    this.#notice.hidden = false;
    setText(this.#title, title);
    setText(this.#text, text);
  }

  /**
   * @param {string} label
   * @param {(() => void) | undefined} action
   */
  #offer(label, action) {
    this.#action.hidden = action === undefined;
    this.#action.textContent = label;
    this.#onAction = action ?? (() => {});
  }
}
