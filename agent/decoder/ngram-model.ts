import {
  logProbBits,
  type NgramHeader,
  type NgramSections,
  ngramSections,
  SENTENCE_END,
  SENTENCE_START,
} from './ngram-format.ts';
import { readNgramHeader } from './ngram-header.ts';
import { WordTable } from './word-table.ts';

const ABSENT = -1;

/**
 * A back-off n-gram model (Katz 1987, the model of ARPA files) on the bytes of its file. A state is the number of
 * the longest context in the model that ends the words so far, so states are equal exactly when the model can not
 * tell their futures apart. Words and states are integers, and no call but `word` allocates. The model keeps nothing
 * between calls: any number of streams share it, and workers share its memory when it lies in a SharedArrayBuffer.
 */
export class NgramModel {
  /** The state that knows no words before: `score(EMPTY, word)` is the unigram. */
  static readonly EMPTY = 0;

  /** Words that are looked at to predict one, itself included. */
  readonly order: number;
  /** Ids are below this; the special words `<unk>` 0, `<s>` 1 and `</s>` 2 are counted. */
  readonly wordCount: number;
  /** Number of n-grams of each order, unigrams first. */
  readonly ngramCounts: readonly number[];
  /** The largest error of a log-probability of order 2 and up by its quantisation, in natural-log units. */
  readonly quantizationError: number;
  /** State at the start of a sentence. */
  readonly start: number;
  readonly #sections: NgramSections;
  readonly #words: WordTable;
  readonly #lowestLogProb: number;
  readonly #logProbStep: number;
  readonly #codeBits: number;
  readonly #codeMask: number;
  /** Entries from here on are of the highest order: no contexts. */
  readonly #firstLeaf: number;
  readonly #scored = new Float64Array(1);

  constructor(header: NgramHeader, sections: NgramSections) {
    this.order = header.order;
    this.wordCount = header.wordCount;
    this.ngramCounts = header.ngramCounts;
    this.quantizationError = header.logProbStep / 2;
    this.#sections = sections;
    this.#words = new WordTable(sections.wordText, sections.wordBlocks, header.wordCount);
    this.#lowestLogProb = header.lowestLogProb;
    this.#logProbStep = header.logProbStep;
    this.#codeBits = logProbBits(header.wordCount);
    this.#codeMask = 2 ** this.#codeBits - 1;
    this.#firstLeaf = sections.entries.length - (header.order > 1 ? header.ngramCounts.at(-1)! : 0);
    this.start = this.next(NgramModel.EMPTY, SENTENCE_START);
  }

  /**
   * Opens a model; the buffer is used, not copied, and must not change.
   * @param source name of the file, for error messages
   * @throws AgentError LANGUAGE_MODEL_INVALID when the file is empty, truncated, damaged or of another kind
   */
  static fromBuffer(buffer: ArrayBufferLike, source = 'language model'): NgramModel {
    const header = readNgramHeader(buffer, source);
    return new NgramModel(header, ngramSections(buffer, header));
  }

  /** Id of a word, spelled as in the model; 0 (`<unk>`) when the model does not know it. */
  wordId(text: string): number {
    return this.#words.id(text);
  }

  /** The word of an id below `wordCount`. */
  word(id: number): string {
    return this.#words.text(id);
  }

  /** Natural-log probability of `word` after `state`. */
  score(state: number, word: number): number {
    this.scoreInto(this.#scored, 0, state, word);
    return this.#scored[0]!;
  }

  /** Writes it to `target[at]`: V8 allocates for a number with a fraction that a function returns. */
  scoreInto(target: Float64Array, at: number, state: number, word: number): void {
    const { backoffs, suffixes, entries, unigramLogProbs } = this.#sections;
    let backoff = 0;
    for (let context = state; context !== NgramModel.EMPTY; context = suffixes[context]!) {
      const found = this.#find(context, word);
      if (found !== ABSENT) {
        target[at] = backoff + this.#lowestLogProb + this.#logProbStep * (entries[found]! & this.#codeMask);
        return;
      }
      backoff += backoffs[context]!;
    }
    target[at] = backoff + unigramLogProbs[word]!;
  }

  /** The state after `word`. */
  next(state: number, word: number): number {
    const { suffixes } = this.#sections;
    for (let context = state; context !== NgramModel.EMPTY; context = suffixes[context]!) {
      const at = this.#find(context, word);
      if (at === ABSENT || at >= this.#firstLeaf) continue;
      const next = this.#contextOf(this.wordCount + at);
      if (next !== NgramModel.EMPTY) return next;
    }
    return this.#contextOf(word);
  }

  /** Natural-log probability that the sentence ends after `state`. */
  end(state: number): number {
    return this.score(state, SENTENCE_END);
  }

  /** Index in `entries` of `word` after exactly the words of `context`, or `ABSENT`. */
  #find(context: number, word: number): number {
    const { firstChild, entries } = this.#sections;
    let low = firstChild[context]!;
    let high = firstChild[context + 1]! - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = entries[middle]! >>> this.#codeBits;
      if (found === word) return middle;
      if (found < word) low = middle + 1;
      else high = middle - 1;
    }
    return ABSENT;
  }

  /** The context that an n-gram is, or `EMPTY` when it is none; `node` counts unigrams, then entries. */
  #contextOf(node: number): number {
    const { contextBits, contextRanks } = this.#sections;
    const bits = contextBits[node >>> 5]!;
    const bit = 1 << (node & 31);
    if ((bits & bit) === 0) return NgramModel.EMPTY;
    return 1 + contextRanks[node >>> 5]! + countBits(bits & (bit - 1));
  }
}

/** Bits that are set in a 32-bit integer (Warren, "Hacker's Delight", 5-1). */
function countBits(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const quads = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((quads + (quads >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
