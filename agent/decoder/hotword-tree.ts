import type { SpokenHotword } from './hotword.ts';
import { draftHotwords } from './hotword-draft.ts';
import type { Lexicon } from './lexicon.ts';
import { UNKNOWN_WORD } from './ngram-format.ts';
import { NgramModel } from './ngram-model.ts';

/** What the tree of hotwords is made for. */
export interface HotwordTreeOptions {
  readonly lexicon: Lexicon;
  readonly model: NgramModel;
  /** Factor on the language model's natural-log probabilities. */
  readonly languageModelWeight: number;
}

/**
 * The hotwords of one stream as a prefix tree of their pronunciations, beside the tree of the lexicon that all streams
 * share; a word may begin in either. A phrase stays in this tree from its first word to its last: a hypothesis whose
 * phrase is not completed ends there, and the boost with it, while the same words go on in the lexicon's tree without
 * boost. Immutable.
 *
 * Words that the lexicon lacks have numbers from its size on. Node 0 is where phrases begin.
 */
export class HotwordTree {
  /** `[nodes]` Token that leads to the node; 0 for a node between words. */
  readonly token: Int32Array;
  /** `[nodes]` 1: it is between the words of a phrase. */
  readonly betweenWords: Uint8Array;
  /** `[nodes]` Words of its phrase that are complete before it. */
  readonly wordsBefore: Uint8Array;
  /** `[nodes + 1]` The children of node `i` are `children[firstChild[i]]` to, without it, `children[firstChild[i + 1]]`. */
  readonly firstChild: Int32Array;
  readonly children: Int32Array;
  /** `[nodes]` Score of the best word that the node can still lead to, by its unigram; 0 between words. */
  readonly lookAhead: Float64Array;
  /** `[nodes + 1]` The words that node `i` ends have the numbers `firstEnding[i]` to, without it, `firstEnding[i + 1]`. */
  readonly firstEnding: Int32Array;
  /** `[endings]` Number of the word, … */
  readonly word: Int32Array;
  /** … its id in the language model, … */
  readonly modelWord: Int32Array;
  /** … and the node where its phrase goes on, or -1 behind the last word. */
  readonly next: Int32Array;
  /** `[endings]` */
  readonly #boost: Float64Array;
  readonly #options: HotwordTreeOptions;
  /** The words that the lexicon lacks. */
  readonly #ownWords: string[] = [];
  /** Natural log of what one word has of the probability of all that the language model does not know. */
  readonly #unknownShare: number;

  constructor(hotwords: readonly SpokenHotword[], options: HotwordTreeOptions) {
    this.#options = options;
    this.#unknownShare = -Math.log(options.model.wordCount);
    const nodes = draftHotwords(hotwords);
    const numberOf = new Map(nodes.map((node, number) => [node, number]));
    const endings = nodes.flatMap((node) => node.endings);
    this.token = Int32Array.from(nodes, ({ token }) => token);
    this.betweenWords = Uint8Array.from(nodes, ({ betweenWords }) => Number(betweenWords));
    this.wordsBefore = Uint8Array.from(nodes, ({ wordsBefore }) => wordsBefore);
    this.firstChild = starts(nodes.map(({ children }) => children.size));
    this.children = Int32Array.from(
      nodes.flatMap(({ children }) => [...children.values()].map((child) => numberOf.get(child)!)),
    );
    this.firstEnding = starts(nodes.map((node) => node.endings.length));
    this.word = Int32Array.from(endings, ({ text }) => this.#number(text));
    this.modelWord = Int32Array.from(endings, ({ text }) => options.model.wordId(text));
    this.next = Int32Array.from(endings, ({ next }) => (next === null ? -1 : numberOf.get(next)!));
    this.#boost = Float64Array.from(endings, ({ boost }) => boost);
    this.lookAhead = this.#lookAheads();
  }

  /** The word of a number: of the lexicon, or of its own. */
  wordText(word: number): string {
    const { lexicon } = this.#options;
    return word < lexicon.size ? lexicon.word(word) : this.#ownWords[word - lexicon.size]!;
  }

  /**
   * Score of an ending whose word has the natural-log probability `logProb` in the language model. However high the
   * boost, a word is at most certain: what is not said then still has to win by its sound.
   */
  score(ending: number, logProb: number): number {
    const share = this.modelWord[ending] === UNKNOWN_WORD ? this.#unknownShare : 0;
    return Math.min(0, this.#options.languageModelWeight * (logProb + share) + this.#boost[ending]!);
  }

  #number(text: string): number {
    const { lexicon } = this.#options;
    const known = lexicon.lookup(text);
    if (known >= 0) return known;
    if (!this.#ownWords.includes(text)) this.#ownWords.push(text);
    return lexicon.size + this.#ownWords.indexOf(text);
  }

  /** Children have higher numbers than their parents. */
  #lookAheads(): Float64Array {
    const { model } = this.#options;
    const lookAhead = new Float64Array(this.token.length).fill(Number.NEGATIVE_INFINITY);
    for (let node = lookAhead.length - 1; node >= 0; node -= 1) {
      for (let i = this.firstEnding[node]!; i < this.firstEnding[node + 1]!; i += 1) {
        const score = this.score(i, model.score(NgramModel.EMPTY, this.modelWord[i]!));
        lookAhead[node] = Math.max(lookAhead[node]!, score);
      }
      for (let i = this.firstChild[node]!; i < this.firstChild[node + 1]!; i += 1) {
        lookAhead[node] = Math.max(lookAhead[node]!, lookAhead[this.children[i]!]!);
      }
      if (this.betweenWords[node] === 1) lookAhead[node] = 0;
    }
    return lookAhead;
  }
}

/** Where each of some lists begins when they stand one behind the other; and the end of the last. */
function starts(lengths: readonly number[]): Int32Array {
  const from = new Int32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) from[i + 1] = from[i]! + length;
  return from;
}
