import type { HotwordAutomaton } from './hotword-automaton.ts';
import type { PrefixScorer } from './prefix-scorer.ts';
import { PrefixTrie } from './prefix-trie.ts';
import type { TokenTable } from './token-table.ts';
import { doubled } from './typed-array.ts';

const INITIAL_CAPACITY = 256;

/**
 * The boosts of hotwords in what is spelled, on top of another scorer's scores or alone. State and gain are kept per node
 * of the trie: a look at a token costs some look-ups.
 */
export class HotwordFusion implements PrefixScorer {
  readonly #automaton: HotwordAutomaton;
  readonly #tokens: TokenTable;
  readonly #trie: PrefixTrie;
  readonly #other: PrefixScorer | null;
  /** By node: state of the automaton, and boosts that stay for good. */
  #state = new Int32Array(INITIAL_CAPACITY);
  #gained = new Float64Array(INITIAL_CAPACITY);

  constructor(
    automaton: HotwordAutomaton,
    { tokens, trie }: { readonly tokens: TokenTable; readonly trie: PrefixTrie },
    other: PrefixScorer | null,
  ) {
    this.#automaton = automaton;
    this.#tokens = tokens;
    this.#trie = trie;
    this.#other = other;
    this.clear();
  }

  clear(): void {
    this.#other?.clear();
    this.#state[PrefixTrie.ROOT] = this.#automaton.start;
    this.#gained[PrefixTrie.ROOT] = 0;
  }

  score(node: number): number {
    const own = this.#gained[node]! + this.#automaton.score(this.#state[node]!);
    return own + (this.#other?.score(node) ?? 0);
  }

  extendedScore(node: number, token: number): number {
    const own = this.#gainedWith(node, token) + this.#automaton.score(this.#next(node, token));
    return own + (this.#other?.extendedScore(node, token) ?? 0);
  }

  add(child: number): void {
    this.#other?.add(child);
    const node = this.#trie.parent[child]!;
    const token = this.#trie.token[child]!;
    if (child >= this.#state.length) {
      this.#state = doubled(this.#state);
      this.#gained = doubled(this.#gained);
    }
    this.#state[child] = this.#next(node, token);
    this.#gained[child] = this.#gainedWith(node, token);
  }

  endScore(node: number): number {
    const own = this.#gained[node]! + this.#automaton.wholeScore(this.#state[node]!);
    return own + (this.#other?.endScore(node) ?? 0);
  }

  #next(node: number, token: number): number {
    return this.#automaton.next(this.#state[node]!, token);
  }

  #gainedWith(node: number, token: number): number {
    const gain = this.#automaton.gain(this.#state[node]!, token, this.#tokens.startsWord(token));
    return this.#gained[node]! + gain;
  }
}
