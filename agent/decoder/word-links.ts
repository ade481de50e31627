import { doubled } from './typed-array.ts';

const INITIAL_CAPACITY = 256;

/** What is known of a word when it ends. */
export interface EndedWord {
  /** Number in the lexicon. */
  readonly word: number;
  /** Steps at which its first and its last phoneme begin. */
  readonly start: number;
  readonly end: number;
  /** Natural log of how much less probable its alignment is than the best token of each of its steps; 0 or less. */
  readonly deficit: number;
}

/**
 * The words that hypotheses have behind them, as linked lists from the last word back, in pooled typed arrays.
 * Hypotheses share the lists of what they have in common; a list lives as long as something refers to it.
 */
export class WordLinks {
  /** No words. */
  static readonly NONE = -1;

  /** The link of the words before. */
  previous = new Int32Array(INITIAL_CAPACITY);
  /** Number of words. */
  depth = new Int32Array(INITIAL_CAPACITY);
  /** The columns of `EndedWord`. */
  word = new Int32Array(INITIAL_CAPACITY);
  start = new Int32Array(INITIAL_CAPACITY);
  end = new Int32Array(INITIAL_CAPACITY);
  deficit = new Float64Array(INITIAL_CAPACITY);
  #references = new Int32Array(INITIAL_CAPACITY);
  /** Head of the list of free links, linked through `previous`. */
  #free = WordLinks.NONE;
  #used = 0;

  /** Forgets everything; keeps the memory. */
  clear(): void {
    this.#free = WordLinks.NONE;
    this.#used = 0;
  }

  /** Links in use, for the test that none leaks. */
  get size(): number {
    let free = 0;
    for (let at = this.#free; at !== WordLinks.NONE; at = this.previous[at]!) free += 1;
    return this.#used - free;
  }

  /** A new link, referred to once: the words of `previous`, and one more whose columns the caller writes. */
  add(previous: number): number {
    const at = this.#take();
    this.previous[at] = previous;
    this.depth[at] = this.depthOf(previous) + 1;
    this.#references[at] = 1;
    if (previous !== WordLinks.NONE) this.#references[previous]! += 1;
    return at;
  }

  depthOf(link: number): number {
    return link === WordLinks.NONE ? 0 : this.depth[link]!;
  }

  /** Refers to `link` once more, and returns it. */
  retain(link: number): number {
    if (link !== WordLinks.NONE) this.#references[link]! += 1;
    return link;
  }

  /** Refers to `link` once less. */
  release(link: number): void {
    let at = link;
    while (at !== WordLinks.NONE) {
      const left = this.#references[at]! - 1;
      this.#references[at] = left;
      if (left > 0) return;
      const previous = this.previous[at]!;
      this.previous[at] = this.#free;
      this.#free = at;
      at = previous;
    }
  }

  /** The words of `link`, first word first. */
  read(link: number): EndedWord[] {
    const words: EndedWord[] = [];
    for (let at = link; at !== WordLinks.NONE; at = this.previous[at]!) {
      const [word, start, end, deficit] = [this.word[at]!, this.start[at]!, this.end[at]!, this.deficit[at]!];
      words.push({ word, start, end, deficit });
    }
    return words.reverse();
  }

  #take(): number {
    if (this.#free !== WordLinks.NONE) {
      const at = this.#free;
      this.#free = this.previous[at]!;
      return at;
    }
    if (this.#used === this.word.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #grow(): void {
    this.previous = doubled(this.previous);
    this.depth = doubled(this.depth);
    this.word = doubled(this.word);
    this.start = doubled(this.start);
    this.end = doubled(this.end);
    this.deficit = doubled(this.deficit);
    this.#references = doubled(this.#references);
  }
}
