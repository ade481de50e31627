import { doubled } from './typed-array.ts';

const INITIAL_CAPACITY = 256;
const NONE = -1;

/**
 * What is known of the spelling of the words that links of the search stand for, as columns by link. Sums are probabilities
 * of all alignments of the words up to the link, at each of at most `span` steps; `scale` is the natural log of a
 * factor on all of them.
 */
export class SpellingColumns {
  /** Step at which the word ends that the other columns are of; links come to mean other words. */
  end = new Int32Array(INITIAL_CAPACITY).fill(NONE);
  /** What the word adds to the score of a hypothesis. */
  gain = new Float64Array(INITIAL_CAPACITY);
  /** Natural log of the probability that what is heard begins with the words up to the link. */
  prefix = new Float64Array(INITIAL_CAPACITY);
  /** The last token; -1: none. */
  token = new Int32Array(INITIAL_CAPACITY);
  /** First and last step of the sums. */
  from = new Int32Array(INITIAL_CAPACITY);
  to = new Int32Array(INITIAL_CAPACITY);
  /** `[links, span]` Of the alignments that end in the last token, … */
  spelled: Float64Array;
  /** … and of those that end in a blank behind it. */
  blank: Float64Array;
  scale = new Float64Array(INITIAL_CAPACITY);
  readonly span: number;

  constructor(span: number) {
    this.span = span;
    this.spelled = new Float64Array(INITIAL_CAPACITY * span);
    this.blank = new Float64Array(INITIAL_CAPACITY * span);
  }

  /** Forgets everything; keeps the memory. */
  clear(): void {
    this.end.fill(NONE);
  }

  /** Makes room for `link`. */
  admit(link: number): void {
    while (link >= this.end.length) this.#grow();
  }

  #grow(): void {
    const size = this.end.length;
    this.end = doubled(this.end).fill(NONE, size);
    this.gain = doubled(this.gain);
    this.prefix = doubled(this.prefix);
    this.token = doubled(this.token);
    this.from = doubled(this.from);
    this.to = doubled(this.to);
    this.spelled = doubled(this.spelled);
    this.blank = doubled(this.blank);
    this.scale = doubled(this.scale);
  }
}
