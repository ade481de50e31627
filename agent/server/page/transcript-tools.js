import { element, setText } from './dom.js';
import { toText, toTimedText } from './plain-text.js';
import { toSrt } from './subtitles.js';

/**
 * @import { Line, Transcript } from './transcript.js'
 */

const CONFIRM_MS = 1800;

/** Copy, save and clear, and how much there is. */
export class TranscriptTools {
  #facts = element('facts', HTMLElement);
  #copy = element('copy', HTMLButtonElement);
  #copied = element('copied', HTMLElement);
  #options;

  /** @param {{ transcript: () => Transcript, onClear: () => void, onFault: (code: string) => void }} options */
  constructor(options) {
    this.#options = options;
    this.#copy.addEventListener('click', () => this.#copyAll());
    this.#onSave('save-text', 'txt', toTimedText);
    this.#onSave('save-srt', 'srt', toSrt);
    element('clear', HTMLButtonElement).addEventListener('click', options.onClear);
  }

  /** Shows the count of words. */
  show() {
    const count = this.#options.transcript().wordCount;
    setText(this.#facts, count === 1 ? '1 word' : `${count.toLocaleString('en')} words`);
  }

  /**
   * @param {string} id
   * @param {string} extension
   * @param {(lines: readonly Line[]) => string} format
   */
  #onSave(id, extension, format) {
    element(id, HTMLButtonElement).addEventListener('click', () => {
      save(`earshot-${timestamp()}.${extension}`, format(this.#options.transcript().lines));
    });
  }

  async #copyAll() {
    try {
      await navigator.clipboard.writeText(toText(this.#options.transcript().lines));
      this.#confirm(true);
      window.setTimeout(() => this.#confirm(false), CONFIRM_MS);
    } catch {
      this.#options.onFault('save-failed');
    }
  }

  /** @param {boolean} copied a moment ago */
  #confirm(copied) {
    this.#copy.classList.toggle('done', copied);
    setText(this.#copied, copied ? 'Copied' : '');
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function save(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Local date and time that every file system takes. */
function timestamp() {
  const now = new Date();
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  return `${date}-${two(now.getHours())}${two(now.getMinutes())}`;
}
