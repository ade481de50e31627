import type { NgramModel } from './ngram-model.ts';

const SLOTS = 1 << 13;
const EMPTY = -1;

/**
 * The last language-model scores that were asked for. A word is tried in the same context at many steps in a row,
 * and a look into the model costs some binary searches (a direct-mapped cache in fixed memory).
 */
export class WordScores {
  /** By slot: natural-log probability of the word, and the state after it. */
  readonly logProb = new Float64Array(SLOTS);
  readonly next = new Int32Array(SLOTS);
  readonly #state = new Int32Array(SLOTS).fill(EMPTY);
  readonly #word = new Int32Array(SLOTS);
  readonly #model: NgramModel;

  constructor(model: NgramModel) {
    this.#model = model;
  }

  /** The slot of a word (an id of the model) after a state; good until the next call. */
  slot(state: number, word: number): number {
    const hash = Math.imul(state, 0x9e3779b1) ^ Math.imul(word, 0x85ebca6b);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    if (this.#state[slot] !== state || this.#word[slot] !== word) {
      this.#state[slot] = state;
      this.#word[slot] = word;
      this.#model.scoreInto(this.logProb, slot, state, word);
      this.next[slot] = this.#model.next(state, word);
    }
    return slot;
  }
}
