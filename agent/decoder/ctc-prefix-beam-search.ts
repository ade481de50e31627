import type { Decoder } from './decoder.ts';
import type { HotwordAutomaton } from './hotword-automaton.ts';
import { HotwordFusion } from './hotword-fusion.ts';
import type { NgramModel } from './ngram-model.ts';
import { type ExpansionOptions, PrefixExpansion } from './prefix-expansion.ts';
import type { PrefixScorer } from './prefix-scorer.ts';
import { PrefixTrie } from './prefix-trie.ts';
import { completeWords, type SpelledHypothesis, spellHypothesis } from './spelled-words.ts';
import type { TokenTable } from './token-table.ts';
import { type FusionOptions, WordFusion } from './word-fusion.ts';

export interface BeamSearchOptions extends ExpansionOptions {
  /**
   * Age in steps at which the tokens of the best hypothesis become stable: hypotheses without them are dropped.
   * Infinity: a token is stable only when all hypotheses share it by themselves.
   */
  readonly stableAfterSteps: number;
}

/** A language model over the words that tokens spell. */
export interface ShallowFusion extends FusionOptions {
  readonly model: NgramModel;
}

/**
 * CTC prefix beam search: each prefix carries the summed probability of all its alignments, apart for those that
 * end in a blank and those that end in its last token (Graves et al. 2006, section 3.2; Hannun et al. 2014,
 * algorithm 1). With nothing pruned the score of a prefix is exact.
 *
 * Beside the sums, each prefix follows its most probable single alignment (Viterbi): from there come the times
 * and posteriors of the tokens.
 *
 * Whatever wins later extends a prefix that is alive now; what all alive prefixes share is therefore stable. The
 * trie holds nothing else, so the shared part is found by walking down while there is only one way. Two
 * hypotheses that differ in one early word may both live long after it, since nothing that follows changes which
 * of them is the better; `stableAfterSteps` puts an end to that.
 */
export class CtcPrefixBeamSearch implements Decoder {
  readonly #tokens: TokenTable;
  readonly #stableAfterSteps: number;
  readonly #trie = new PrefixTrie();
  readonly #scorer: PrefixScorer | null;
  readonly #expansion: PrefixExpansion;
  /** Beam entries in the order of their scores: as they stand, except after `end`. */
  readonly #order: Int32Array;
  /** What all alive prefixes share. */
  #stableNode = PrefixTrie.ROOT;
  #ended = false;
  #revision = 0;

  constructor(
    tokens: TokenTable,
    options: BeamSearchOptions,
    fusion: ShallowFusion | null = null,
    hotwords: HotwordAutomaton | null = null,
  ) {
    const trie = this.#trie;
    this.#tokens = tokens;
    this.#stableAfterSteps = options.stableAfterSteps;
    const words = fusion && new WordFusion(fusion.model, fusion, { tokens, trie });
    this.#scorer = hotwords === null ? words : new HotwordFusion(hotwords, { tokens, trie }, words);
    this.#expansion = new PrefixExpansion(tokens, options, { trie, scorer: this.#scorer });
    this.#order = new Int32Array(options.beamWidth);
    this.reset();
  }

  accept(logProbs: Float32Array, steps: number, offset = 0): void {
    for (let i = 0; i < steps; i += 1) {
      const best = this.#expansion.beam.node[0]!;
      const stable = this.#stableNode;
      this.#expansion.accept(logProbs, offset + i * this.#tokens.size);
      const old = this.#oldTokens();
      if (this.#trie.depth[old]! > this.#trie.depth[stable]!) this.#expansion.restrictTo(old);
      this.#stableNode = this.#trie.commonAncestor(stable);
      if (this.#expansion.beam.node[0] !== best || this.#stableNode !== stable) this.#revision += 1;
    }
  }

  best(): SpelledHypothesis {
    return this.#hypothesis(this.#order[0]!);
  }

  nBest(n: number): readonly SpelledHypothesis[] {
    const count = Math.min(n, this.#expansion.beam.size);
    return Array.from(this.#order.subarray(0, count), (entry) => this.#hypothesis(entry));
  }

  /**
   * How many leading tokens of `best()` can not change whatever comes: the longest prefix that every hypothesis
   * still alive shares. Never shrinks between two resets.
   */
  stableTokens(): number {
    return this.#trie.depth[this.#stableNode]!;
  }

  stableWords(): number {
    const node = this.#expansion.beam.node[this.#order[0]!]!;
    return completeWords(this.#trie.tokens(node), this.stableTokens(), this.#tokens);
  }

  trailingBlankSteps(): number {
    const { beam } = this.#expansion;
    const best = this.#order[0]!;
    return beam.endsInBlank(best) ? beam.blanks[best]! : 0;
  }

  get revision(): number {
    return this.#revision;
  }

  end(): void {
    if (this.#scorer === null) return;
    this.#ended = true;
    const { size } = this.#expansion.beam;
    const scores = Float64Array.from({ length: size }, (_, entry) => this.#score(entry));
    this.#order.subarray(0, size).sort((a, b) => scores[b]! - scores[a]!);
    this.#revision += 1;
  }

  reset(): void {
    this.#expansion.clear();
    this.#stableNode = PrefixTrie.ROOT;
    this.#ended = false;
    for (let i = 0; i < this.#order.length; i += 1) this.#order[i] = i;
    this.#revision += 1;
  }

  /** The node of the best prefix up to its last token that is `stableAfterSteps` old, or the stable node. */
  #oldTokens(): number {
    const { beam, alignments, steps } = this.#expansion;
    const latest = steps - 1 - this.#stableAfterSteps;
    let node = beam.node[0]!;
    let at = beam.align(0, false);
    while (node !== this.#stableNode && alignments.step[at]! > latest) {
      node = this.#trie.parent[node]!;
      at = alignments.previous[at]!;
    }
    return node;
  }

  /** Score of an entry, at the end with what is only known there. */
  #score(entry: number): number {
    const { beam } = this.#expansion;
    const node = beam.node[entry]!;
    const scorer = this.#scorer;
    if (scorer === null) return beam.total(entry);
    return beam.total(entry) + (this.#ended ? scorer.endScore(node) : scorer.score(node));
  }

  #hypothesis(entry: number): SpelledHypothesis {
    const { beam, alignments } = this.#expansion;
    const node = beam.node[entry]!;
    const tokens = this.#trie.tokens(node);
    const aligned = alignments.read(beam.align(entry, false), tokens.length);
    return spellHypothesis({ tokens, ...aligned, score: this.#score(entry) }, this.#tokens);
  }
}
