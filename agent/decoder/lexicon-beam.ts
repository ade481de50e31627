import { LexiconTree } from './lexicon-tree.ts';
import { WordLinks } from './word-links.ts';

/**
 * The hypotheses kept after a step as columns, the best first and the others in no order. A hypothesis is a place in
 * the lexicon tree, how its alignment ends, and the words behind it.
 */
export class LexiconBeam {
  size = 0;
  /** Natural-log score: acoustics, weighted language model (look-ahead included) and word bonuses. */
  readonly score: Float64Array;
  /** Language-model state after the complete words. */
  readonly state: Int32Array;
  readonly node: Int32Array;
  /** The token that the alignment ends with and that goes on when it comes again; -1: it ends in a blank. */
  readonly last: Int32Array;
  /** The complete words. */
  readonly link: Int32Array;
  /** Step of the first phoneme of the word in progress, and `deficit` before it. */
  readonly start: Int32Array;
  readonly startDeficit: Float64Array;
  /** Sum over all steps of the log-prob of the alignment less that of the step's best token. */
  readonly deficit: Float64Array;
  /** Step of the last token that is not a blank; -1: there was none. */
  readonly lastStep: Int32Array;

  constructor(width: number) {
    this.score = new Float64Array(width);
    this.state = new Int32Array(width);
    this.node = new Int32Array(width);
    this.last = new Int32Array(width);
    this.link = new Int32Array(width);
    this.start = new Int32Array(width);
    this.startDeficit = new Float64Array(width);
    this.deficit = new Float64Array(width);
    this.lastStep = new Int32Array(width);
  }

  /** One hypothesis alone: nothing was said. */
  clear(state: number): void {
    this.size = 1;
    this.score[0] = 0;
    this.state[0] = state;
    this.node[0] = LexiconTree.ROOT;
    this.last[0] = -1;
    this.link[0] = WordLinks.EMPTY;
    this.start[0] = 0;
    this.startDeficit[0] = 0;
    this.deficit[0] = 0;
    this.lastStep[0] = -1;
  }

  /** After scores have changed. */
  putBestFirst(): void {
    let best = 0;
    for (let entry = 1; entry < this.size; entry += 1)
      if (this.score[entry]! > this.score[best]!) best = entry;
    if (best === 0) return;
    this.#exchange(this.score, best);
    this.#exchange(this.state, best);
    this.#exchange(this.node, best);
    this.#exchange(this.last, best);
    this.#exchange(this.link, best);
    this.#exchange(this.start, best);
    this.#exchange(this.startDeficit, best);
    this.#exchange(this.deficit, best);
    this.#exchange(this.lastStep, best);
  }

  /** Overwrites entry `to` with entry `from`. */
  copyEntry(from: number, to: number): void {
    this.score[to] = this.score[from]!;
    this.state[to] = this.state[from]!;
    this.node[to] = this.node[from]!;
    this.last[to] = this.last[from]!;
    this.link[to] = this.link[from]!;
    this.start[to] = this.start[from]!;
    this.startDeficit[to] = this.startDeficit[from]!;
    this.deficit[to] = this.deficit[from]!;
    this.lastStep[to] = this.lastStep[from]!;
  }

  #exchange(column: Float64Array | Int32Array, entry: number): void {
    const first = column[0]!;
    column[0] = column[entry]!;
    column[entry] = first;
  }
}
