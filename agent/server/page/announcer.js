import { meaningOf } from './intent-chips.js';

/** @import { Transcript } from './transcript.js' */

const KEPT = 12;

/**
 * Reads finished lines to people who can not see them. Partials are left out: a screen reader would never come
 * to the end of them.
 */
export class Announcer {
  #region;
  #generation = 0;
  #said = 0;

  /** @param {HTMLElement} region an ARIA live region */
  constructor(region) {
    this.#region = region;
  }

  /** @param {Transcript} transcript */
  show(transcript) {
    if (transcript.generation !== this.#generation) {
      this.#generation = transcript.generation;
      this.#said = transcript.lines.length;
      return;
    }
    for (const line of transcript.lines.slice(this.#said)) {
      const paragraph = document.createElement('p');
      const meaning = meaningOf(line).map(({ name, value }) =>
        value === undefined ? name : `${name} ${value}`,
      );
      paragraph.textContent = [line.text, ...meaning].filter((text) => text !== '').join('. ');
      this.#region.append(paragraph);
    }
    this.#said = transcript.lines.length;
    while (this.#region.childElementCount > KEPT) this.#region.firstElementChild?.remove();
  }
}
