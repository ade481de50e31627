/** Within this distance of the end a reader counts as following. */
const NEAR_PIXELS = 120;

/**
 * Keeps the newest words in sight, unless a person scrolled back to read. Where the page ends costs a layout: it is asked
 * for once a picture, however many words came.
 */
export class ScrollFollower {
  #button;
  #following = true;
  /** Of the picture in which it jumps; 0: none is asked for. */
  #frame = 0;
  /** Pixels of the page at the last jump. */
  #end = 0;

  /** @param {HTMLButtonElement} button leads back to the newest words */
  constructor(button) {
    this.#button = button;
    button.addEventListener('click', () => this.#jump());
    document.addEventListener('scroll', () => this.#look(), { passive: true });
  }

  /** Call after new words are on the page. */
  follow() {
    if (!this.#following) this.#button.hidden = false;
    else if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#catchUp());
  }

  #catchUp() {
    this.#frame = 0;
    if (this.#following) this.#jump();
    else this.#button.hidden = false;
  }

  #jump() {
    this.#end = document.documentElement.scrollHeight;
    window.scrollTo({ top: this.#end, behavior: 'instant' });
  }

  /** Words that came after the last jump are no sign that a person scrolled back from them. */
  #look() {
    const { scrollHeight, scrollTop, clientHeight } = document.documentElement;
    const end = this.#frame === 0 ? scrollHeight : Math.min(scrollHeight, this.#end);
    this.#following = end - scrollTop - clientHeight < NEAR_PIXELS;
    if (this.#following) this.#button.hidden = true;
  }
}
