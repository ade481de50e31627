import type { NgramModel } from './ngram-model.ts';
import type { PrefixScorer } from './prefix-scorer.ts';
import { PrefixTrie } from './prefix-trie.ts';
import type { TokenTable } from './token-table.ts';
import { doubled } from './typed-array.ts';

const INITIAL_CAPACITY = 256;

export interface FusionOptions {
  /** Factor on the language model's natural-log probabilities. */
  readonly languageModelWeight: number;
  /** Added per word, against the language model's preference for few words. */
  readonly wordBonus: number;
}

/**
 * Shallow fusion at word boundaries: a prefix scores `weight · ln P(words) + bonus · words` over its complete words on
 * top of its CTC score (Hannun et al. 2014, "First-Pass Large Vocabulary Continuous Speech Recognition using
 * Bi-Directional Recurrent DNNs", section 2.2). A word is complete when a token that starts a word follows; words that
 * the model does not know are scored as its `<unk>`. Scores and model states are kept per node of the trie; each node
 * asks the model at most once, and only then a string is made.
 */
export class WordFusion implements PrefixScorer {
  readonly #model: NgramModel;
  readonly #options: FusionOptions;
  readonly #tokens: TokenTable;
  readonly #trie: PrefixTrie;
  /** By node: score and state of its complete words. */
  #score = new Float64Array(INITIAL_CAPACITY);
  #state = new Int32Array(INITIAL_CAPACITY);
  /** By node: the same after its last word, once asked for; the score is NaN before. */
  #closedScore = new Float64Array(INITIAL_CAPACITY);
  #closedState = new Int32Array(INITIAL_CAPACITY);

  constructor(
    model: NgramModel,
    options: FusionOptions,
    { tokens, trie }: { tokens: TokenTable; trie: PrefixTrie },
  ) {
    this.#model = model;
    this.#options = options;
    this.#tokens = tokens;
    this.#trie = trie;
    this.clear();
  }

  clear(): void {
    this.#set(PrefixTrie.ROOT, 0, this.#model.start);
  }

  /** The unfinished word is not scored yet. */
  score(node: number): number {
    return this.#score[node]!;
  }

  extendedScore(node: number, token: number): number {
    return this.#tokens.startsWord(token) ? this.#close(node) : this.#score[node]!;
  }

  add(child: number): void {
    const node = this.#trie.parent[child]!;
    if (this.#tokens.startsWord(this.#trie.token[child]!)) {
      const score = this.#close(node);
      this.#set(child, score, this.#closedState[node]!);
    } else {
      this.#set(child, this.#score[node]!, this.#state[node]!);
    }
  }

  /** The last word and the ending are scored too. */
  endScore(node: number): number {
    const score = this.#close(node);
    return score + this.#options.languageModelWeight * this.#model.end(this.#closedState[node]!);
  }

  #set(node: number, score: number, state: number): void {
    if (node >= this.#score.length) this.#grow();
    this.#score[node] = score;
    this.#state[node] = state;
    this.#closedScore[node] = Number.NaN;
  }

  #close(node: number): number {
    if (Number.isNaN(this.#closedScore[node])) this.#scoreLastWord(node);
    return this.#closedScore[node]!;
  }

  #scoreLastWord(node: number): void {
    const { languageModelWeight, wordBonus } = this.#options;
    const text = this.#lastWord(node);
    const state = this.#state[node]!;
    this.#closedScore[node] = this.#score[node]!;
    this.#closedState[node] = state;
    if (text === '') return;
    const word = this.#model.wordId(text);
    this.#closedScore[node]! += languageModelWeight * this.#model.score(state, word) + wordBonus;
    this.#closedState[node] = this.#model.next(state, word);
  }

  #lastWord(node: number): string {
    let word = '';
    for (let at = node; at !== PrefixTrie.ROOT; at = this.#trie.parent[at]!) {
      const token = this.#trie.token[at]!;
      word = this.#tokens.text(token) + word;
      if (this.#tokens.startsWord(token)) break;
    }
    return word;
  }

  #grow(): void {
    this.#score = doubled(this.#score);
    this.#state = doubled(this.#state);
    this.#closedScore = doubled(this.#closedScore);
    this.#closedState = doubled(this.#closedState);
  }
}
