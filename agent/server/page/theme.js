import { ofDevice } from './kept-values.js';

const KEY = 'earshot.theme';

/** Light or dark: what the system prefers until a person chooses. */
export class Theme {
  #button;
  #query = window.matchMedia('(prefers-color-scheme: dark)');
  #onChange;

  /**
   * @param {HTMLButtonElement} button
   * @param {(theme: 'light' | 'dark') => void} onChange
   */
  constructor(button, onChange) {
    this.#button = button;
    this.#onChange = onChange;
    button.addEventListener('click', () => this.#choose(this.current === 'dark' ? 'light' : 'dark'));
    this.#query.addEventListener('change', () => this.#show());
    this.#show();
  }

  /** @returns {'light' | 'dark'} */
  get current() {
    const chosen = document.documentElement.dataset['theme'];
    if (chosen === 'light' || chosen === 'dark') return chosen;
    return this.#query.matches ? 'dark' : 'light';
  }

  /** @param {'light' | 'dark'} theme */
  #choose(theme) {
    document.documentElement.dataset['theme'] = theme;
    ofDevice.set(KEY, theme);
    this.#show();
  }

  #show() {
    const label = this.current === 'dark' ? 'Use light colours' : 'Use dark colours';
    this.#button.setAttribute('aria-label', label);
    this.#button.title = label;
    this.#onChange(this.current);
  }
}
