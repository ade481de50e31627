/** Within this distance of the end a reader counts as following. */
const NEAR_PIXELS = 120;

/** Keeps the newest words in sight, unless a person scrolled back to read. */
export class ScrollFollower {
  #button;
  #following = true;

  /** @param {HTMLButtonElement} button leads back to the newest words */
  constructor(button) {
    this.#button = button;
    button.addEventListener('click', () => this.#jump());
    document.addEventListener('scroll', () => this.#look(), { passive: true });
  }

  /** Call after new words are on the page. */
  follow() {
    if (this.#following) this.#jump();
    else this.#button.hidden = false;
  }

  #jump() {
    window.scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
  }

  #look() {
    const { scrollHeight, scrollTop, clientHeight } = document.documentElement;
    this.#following = scrollHeight - scrollTop - clientHeight < NEAR_PIXELS;
    if (this.#following) this.#button.hidden = true;
  }
}
