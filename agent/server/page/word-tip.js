import { preciseClock } from './time-format.js';

/**
 * @import { Line, LineWord } from './transcript.js'
 */

const MARGIN = 8;

/** Time and confidence of the word under the pointer, the finger or the arrow keys. */
export class WordTip {
  #tip;
  #lineOf;
  /** @type {Element | undefined} */
  #word;

  /**
   * @param {HTMLElement} tip
   * @param {HTMLElement} list of lines
   * @param {(item: Element) => Line | undefined} lineOf
   */
  constructor(tip, list, lineOf) {
    this.#tip = tip;
    this.#lineOf = lineOf;
    list.addEventListener('pointerover', (event) => this.#point(event.target));
    list.addEventListener('pointerleave', () => this.#hide());
    list.addEventListener('click', (event) => this.#point(event.target));
    list.addEventListener('keydown', (event) => this.#walk(event));
    list.addEventListener('focusout', () => this.#hide());
    // New lines move the page by themselves: that must not take away what a person is reading.
    document.addEventListener('scroll', () => this.#follow(), { passive: true });
  }

  #follow() {
    if (this.#word?.isConnected) this.#place(this.#word);
    else this.#hide();
  }

  /** @param {EventTarget | null} target */
  #point(target) {
    if (target instanceof HTMLElement && target.classList.contains('word')) this.#show(target);
    else this.#hide();
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const paragraph = event.target;
    if (!(paragraph instanceof HTMLParagraphElement)) return;
    if (event.key === 'Escape') this.#hide();
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    event.preventDefault();
    const words = [...paragraph.children];
    const at = this.#word ? words.indexOf(this.#word) : -1;
    const onwards = getComputedStyle(paragraph).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const step = event.key === onwards ? 1 : -1;
    const next = words[Math.min(words.length - 1, Math.max(0, at + step))];
    if (next) this.#show(next);
  }

  /** @param {Element} element */
  #show(element) {
    const item = element.closest('li');
    const line = item ? this.#lineOf(item) : undefined;
    const index = [...(element.parentElement?.children ?? [])].indexOf(element);
    const word = line?.words[index];
    this.#hide();
    if (!word) return;
    this.#word = element;
    element.classList.add('pointed');
    element.parentElement?.setAttribute('aria-describedby', this.#tip.id);
    this.#fill(word);
    this.#place(element);
  }

  #hide() {
    this.#word?.classList.remove('pointed');
    this.#word?.parentElement?.removeAttribute('aria-describedby');
    this.#word = undefined;
    this.#tip.hidden = true;
  }

  /** @param {LineWord} word */
  #fill(word) {
    const sure = document.createElement('b');
    sure.textContent = `${Math.round(word.confidence * 100)} % sure`;
    const name = document.createElement('span');
    name.className = 'unseen';
    name.textContent = `${word.text}: `;
    const times = ` ${preciseClock(word.start)} – ${preciseClock(word.end)}`;
    const said = word.said === undefined ? '' : ` · said “${word.said}”`;
    this.#tip.replaceChildren(name, sure, times, said);
  }

  /** @param {Element} element */
  #place(element) {
    this.#tip.hidden = false;
    const word = element.getBoundingClientRect();
    const { width, height } = this.#tip.getBoundingClientRect();
    const middle = word.left + word.width / 2 - width / 2;
    const left = Math.max(MARGIN, Math.min(window.innerWidth - width - MARGIN, middle));
    this.#tip.style.left = `${left}px`;
    this.#tip.style.top = `${word.top - height - MARGIN}px`;
  }
}
