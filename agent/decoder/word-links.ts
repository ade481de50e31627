import { INITIAL_CAPACITY, LinkedPool } from './linked-pool.ts';
import { doubled } from './typed-array.ts';

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

/** The words that hypotheses have behind them: linked lists from the last word back, shared as far as they are the same. */
export class WordLinks extends LinkedPool {
  /** Number of words. */
  depth = new Int32Array(INITIAL_CAPACITY);
  /** The columns of `EndedWord`. */
  word = new Int32Array(INITIAL_CAPACITY);
  start = new Int32Array(INITIAL_CAPACITY);
  end = new Int32Array(INITIAL_CAPACITY);
  deficit = new Float64Array(INITIAL_CAPACITY);

  /** A new link, referred to once: the words of `previous`, and one more whose columns the caller writes. */
  add(previous: number): number {
    const at = this.addAfter(previous);
    this.depth[at] = this.depthOf(previous) + 1;
    return at;
  }

  depthOf(link: number): number {
    return link === WordLinks.EMPTY ? 0 : this.depth[link]!;
  }

  /** The words of `link`, first word first. */
  read(link: number): EndedWord[] {
    const words: EndedWord[] = [];
    for (let at = link; at !== WordLinks.EMPTY; at = this.previous[at]!) {
      const [word, start, end, deficit] = [this.word[at]!, this.start[at]!, this.end[at]!, this.deficit[at]!];
      words.push({ word, start, end, deficit });
    }
    return words.reverse();
  }

  protected override growColumns(): void {
    this.depth = doubled(this.depth);
    this.word = doubled(this.word);
    this.start = doubled(this.start);
    this.end = doubled(this.end);
    this.deficit = doubled(this.deficit);
  }
}
