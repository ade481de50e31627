/** @type {Record<string, (at: number, count: number) => number>} */
const MOVES = {
  ArrowUp: (at) => at - 1,
  ArrowDown: (at) => at + 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** One line of a list is reached by Tab, the others from there: a long transcript must not take a key press per line. */
export class LineCursor {
  #list;
  /** @type {HTMLElement | undefined} */
  #stop;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
    list.addEventListener('keydown', (event) => this.#walk(event));
    list.addEventListener('focusin', ({ target }) => {
      if (target instanceof HTMLParagraphElement) this.#stopAt(target);
    });
  }

  /** @param {HTMLParagraphElement} line that can be walked to from now on */
  add(line) {
    line.tabIndex = -1;
    if (!this.#stop?.isConnected) this.#stopAt(line);
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const move = MOVES[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const lines = /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll('[tabindex]')]);
    const at = lines.indexOf(/** @type {HTMLElement} */ (event.target));
    lines[move(at, lines.length)]?.focus();
  }

  /** @param {HTMLElement} line */
  #stopAt(line) {
    if (this.#stop) this.#stop.tabIndex = -1;
    this.#stop = line;
    line.tabIndex = 0;
  }
}
