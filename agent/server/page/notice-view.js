import { element, setText } from './dom.js';
import { describeFault, isMendedInSettings } from './fault.js';

/** @import { Remedy } from './fault.js' */

/** @type {Record<Remedy, string>} */
const LABELS = { token: 'Enter token', device: 'Choose another', retry: 'Try again' };

/** Faults in words, with the button that helps; and what can be undone. */
export class NoticeView {
  #notice = element('notice', HTMLElement);
  #title = element('notice-title', HTMLElement);
  #text = element('notice-text', HTMLElement);
  #action = element('notice-action', HTMLButtonElement);
  #remedies;
  #onAction = () => {};
  #code = '';

  /** @param {Record<Remedy, () => void>} remedies */
  constructor(remedies) {
    this.#remedies = remedies;
    this.#action.addEventListener('click', () => {
      // Whoever leaves the settings as they are still has the fault.
      if (!isMendedInSettings(this.#code)) this.hide();
      this.#onAction();
    });
    element('notice-close', HTMLButtonElement).addEventListener('click', () => this.hide());
  }

  /** The code of the fault that is shown; empty: none is. */
  get code() {
    return this.#code;
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
    this.#offer(LABELS[remedy ?? 'retry'], remedy && this.#remedies[remedy]);
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
   * Takes away a fault that has passed; what can be undone stays.
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
