import { doubled } from './typed-array.ts';

const INITIAL_CAPACITY = 1024;

/**
 * The words behind the paths of a search: linked lists from the last word back, in typed arrays. Nobody counts who
 * refers to an entry; when the arrays are full, `collect` keeps what is still referred to and moves it together.
 */
export class WordTrail {
  /** No words. */
  static readonly EMPTY = -1;

  /** Entry of the words before. */
  previous = new Int32Array(INITIAL_CAPACITY);
  /** What ended: a word end of the graph, or -1 where a path begins. */
  wordEnd = new Int32Array(INITIAL_CAPACITY);
  startStep = new Int32Array(INITIAL_CAPACITY);
  endStep = new Int32Array(INITIAL_CAPACITY);
  /** Tokens of all words up to here. */
  tokens = new Int32Array(INITIAL_CAPACITY);
  /** Of the words up to here: the same for the same words, and hardly ever for others. */
  wordsHash = new Int32Array(INITIAL_CAPACITY);
  /** Score of the path up to here. */
  score = new Float64Array(INITIAL_CAPACITY);
  /** In `collect`: where an entry moved to. */
  #moved = new Int32Array(INITIAL_CAPACITY);
  size = 0;

  clear(): void {
    this.size = 0;
  }

  /** A new entry behind `previous`; it has neither word, steps nor score yet. */
  add(previous: number): number {
    if (this.size === this.previous.length) this.#grow();
    const at = this.size;
    this.previous[at] = previous;
    this.wordEnd[at] = -1;
    this.startStep[at] = 0;
    this.endStep[at] = 0;
    this.tokens[at] = 0;
    this.wordsHash[at] = 0;
    this.score[at] = 0;
    this.size += 1;
    return at;
  }

  /** Begins to collect: nothing is referred to until `keep` says so. */
  beginCollect(): void {
    this.#moved.fill(0, 0, this.size);
  }

  /** Entry `at`, and all before it, are referred to. */
  keep(at: number): void {
    for (
      let entry = at;
      entry !== WordTrail.EMPTY && this.#moved[entry] === 0;
      entry = this.previous[entry]!
    ) {
      this.#moved[entry] = 1;
    }
  }

  /** Moves what is kept together. An entry only refers to ones before it, so one pass is enough. */
  endCollect(): void {
    let next = 0;
    for (let at = 0; at < this.size; at += 1) {
      if (this.#moved[at] === 0) continue;
      const previous = this.previous[at]!;
      this.previous[next] = previous === WordTrail.EMPTY ? previous : this.#moved[previous]!;
      this.wordEnd[next] = this.wordEnd[at]!;
      this.startStep[next] = this.startStep[at]!;
      this.endStep[next] = this.endStep[at]!;
      this.tokens[next] = this.tokens[at]!;
      this.wordsHash[next] = this.wordsHash[at]!;
      this.score[next] = this.score[at]!;
      this.#moved[at] = next;
      next += 1;
    }
    this.size = next;
  }

  /** Where `endCollect` moved a kept entry to. */
  movedTo(at: number): number {
    return at === WordTrail.EMPTY ? at : this.#moved[at]!;
  }

  #grow(): void {
    this.previous = doubled(this.previous);
    this.wordEnd = doubled(this.wordEnd);
    this.startStep = doubled(this.startStep);
    this.endStep = doubled(this.endStep);
    this.tokens = doubled(this.tokens);
    this.wordsHash = doubled(this.wordsHash);
    this.score = doubled(this.score);
    this.#moved = doubled(this.#moved);
  }
}
