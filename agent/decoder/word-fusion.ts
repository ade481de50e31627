import type { LanguageModel } from './decoder.ts';
import { PrefixTrie } from './prefix-trie.ts';
import type { TokenTable } from './token-table.ts';

export interface FusionOptions {
  /** Factor on the language model's natural-log probabilities. */
  readonly weight: number;
  /** Added per word, against the language model's preference for few words. */
  readonly wordBonus: number;
}

/**
 * Shallow fusion at word boundaries: a prefix scores `weight · ln P(words) + wordBonus · words` over its complete
 * words on top of its CTC score (Hannun et al. 2014, "First-Pass Large Vocabulary Continuous Speech Recognition
 * using Bi-Directional Recurrent DNNs", section 2.2). A word is complete when a token that starts a word follows.
 * Scores and model states are kept per node of the trie; each node asks the model at most once.
 */
export class WordFusion<State> {
  readonly #model: LanguageModel<State>;
  readonly #options: FusionOptions;
  readonly #tokens: TokenTable;
  readonly #trie: PrefixTrie;
  /** By node: score and state of its complete words. */
  readonly #scores: number[] = [];
  readonly #states: State[] = [];
  /** By node: the same after its last word, once asked for. */
  readonly #nextScores: (number | undefined)[] = [];
  readonly #nextStates: State[] = [];

  constructor(
    model: LanguageModel<State>,
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
    this.#set(PrefixTrie.ROOT, 0, this.#model.initial);
  }

  score(node: number): number {
    return this.#scores[node]!;
  }

  /** Score of `node` and then `token`. */
  extendedScore(node: number, token: number): number {
    return this.#tokens.startsWord(token) ? this.#closeWord(node) : this.#scores[node]!;
  }

  /** Tells of a node that was added to the trie. */
  add(child: number): void {
    const node = this.#trie.parent[child]!;
    const score = this.extendedScore(node, this.#trie.token[child]!);
    const closes = this.#tokens.startsWord(this.#trie.token[child]!);
    this.#set(child, score, closes ? this.#nextStates[node]! : this.#states[node]!);
  }

  /** Score of `node` when nothing follows: its last word and the ending included. */
  endScore(node: number): number {
    const score = this.#closeWord(node);
    return score + this.#options.weight * this.#model.end(this.#nextStates[node]!);
  }

  #set(node: number, score: number, state: State): void {
    this.#scores[node] = score;
    this.#states[node] = state;
    this.#nextScores[node] = undefined;
  }

  #closeWord(node: number): number {
    const known = this.#nextScores[node];
    if (known !== undefined) return known;
    const word = this.#lastWord(node);
    let score = this.#scores[node]!;
    let state = this.#states[node] as State;
    if (word !== '') {
      const { logProb, next } = this.#model.score(state, word);
      score += this.#options.weight * logProb + this.#options.wordBonus;
      state = next;
    }
    this.#nextScores[node] = score;
    this.#nextStates[node] = state;
    return score;
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
}
