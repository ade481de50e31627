import { AlignmentPool } from './alignment-pool.ts';
import { Beam } from './beam.ts';
import type { Decoder, Hypothesis, LanguageModel } from './decoder.ts';
import { logAdd } from './log-math.ts';
import { PrefixTrie } from './prefix-trie.ts';
import { Ranking } from './ranking.ts';
import { StepTokens } from './step-tokens.ts';
import type { TokenTable } from './token-table.ts';
import { type FusionOptions, WordFusion } from './word-fusion.ts';

const NONE = -1;
const IMPOSSIBLE = Number.NEGATIVE_INFINITY;

/** Thresholds are natural logs. */
export interface BeamSearchOptions {
  /** Prefixes kept per step. */
  readonly beamWidth: number;
  /** Tokens below this probability are not tried; the blank and the most probable token always are. */
  readonly tokenMinLogProb: number;
  /** Prefixes this far below the best are dropped. */
  readonly beamMinLogProb: number;
}

export interface ShallowFusion<State> extends FusionOptions {
  readonly model: LanguageModel<State>;
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
 * trie holds nothing else, so the shared part is found by walking down while there is only one way.
 *
 * In the steady state a step allocates nothing: the trie, the alignments and the beams live in typed arrays.
 */
export class CtcPrefixBeamSearch<State = unknown> implements Decoder {
  readonly #tokens: TokenTable;
  readonly #options: BeamSearchOptions;
  readonly #trie = new PrefixTrie();
  readonly #alignments = new AlignmentPool();
  readonly #fusion: WordFusion<State> | null;
  #beam: Beam;
  #spare: Beam;
  readonly #ranking: Ranking;
  /** Beam entries in the order of their scores: as they stand, except after `end`. */
  readonly #order: Int32Array;
  /** The row of the current step. */
  readonly #row: StepTokens;
  /** By beam entry, within a step: probability before it, … */
  readonly #total: Float64Array;
  /** … after it when the prefix stays as it is, by how its alignments end, … */
  readonly #stayBlank: Float64Array;
  readonly #stayToken: Float64Array;
  /** … the best single alignment that ends in the token, and the entry that it extends (-1: itself, by a repeat). */
  readonly #stayBest: Float64Array;
  readonly #stayFrom: Int32Array;
  #step = 0;
  #stableNode = PrefixTrie.ROOT;
  #revision = 0;

  constructor(tokens: TokenTable, options: BeamSearchOptions, fusion?: ShallowFusion<State>) {
    const { beamWidth } = options;
    this.#tokens = tokens;
    this.#options = options;
    this.#fusion = fusion ? new WordFusion(fusion.model, fusion, { tokens, trie: this.#trie }) : null;
    this.#beam = new Beam(beamWidth);
    this.#spare = new Beam(beamWidth);
    this.#ranking = new Ranking(beamWidth);
    this.#order = new Int32Array(beamWidth);
    this.#row = new StepTokens(tokens, options.tokenMinLogProb);
    this.#total = new Float64Array(beamWidth);
    this.#stayBlank = new Float64Array(beamWidth);
    this.#stayToken = new Float64Array(beamWidth);
    this.#stayBest = new Float64Array(beamWidth);
    this.#stayFrom = new Int32Array(beamWidth);
    this.reset();
  }

  accept(logProbs: Float32Array, steps: number, offset = 0): void {
    const width = this.#tokens.size;
    for (let i = 0; i < steps; i += 1) {
      this.#row.read(logProbs, offset + i * width);
      this.#acceptRow();
      this.#step += 1;
    }
  }

  best(): Hypothesis {
    return this.#hypothesis(this.#order[0]!);
  }

  nBest(n: number): readonly Hypothesis[] {
    return Array.from(this.#order.subarray(0, Math.min(n, this.#beam.size)), (entry) =>
      this.#hypothesis(entry),
    );
  }

  stableTokens(): number {
    return this.#trie.depth[this.#stableNode]!;
  }

  trailingBlankSteps(): number {
    const best = this.#order[0]!;
    return this.#beam.endsInBlank(best) ? this.#beam.blanks[best]! : 0;
  }

  get revision(): number {
    return this.#revision;
  }

  end(): void {
    const fusion = this.#fusion;
    if (fusion === null) return;
    const ended = (entry: number) => this.#beam.total(entry) + fusion.endScore(this.#beam.node[entry]!);
    const scores = Float64Array.from({ length: this.#beam.size }, (_, entry) => ended(entry));
    this.#order.subarray(0, this.#beam.size).sort((a, b) => scores[b]! - scores[a]!);
    this.#revision += 1;
  }

  reset(): void {
    this.#trie.clear();
    this.#alignments.clear();
    this.#fusion?.clear();
    this.#beam.clear();
    this.#trie.slot[PrefixTrie.ROOT] = 0;
    this.#stableNode = PrefixTrie.ROOT;
    for (let i = 0; i < this.#order.length; i += 1) this.#order[i] = i;
    this.#step = 0;
    this.#revision += 1;
  }

  #acceptRow(): void {
    if (this.#row.count === 0) {
      // exact, not a short cut: with no token to try, neither the prefixes nor their order can change
      this.#beam.acceptBlank(this.#row.logBlank, this.#alignments);
      return;
    }
    const before = this.#beam.node[0]!;
    const stableBefore = this.#stableNode;
    this.#stay();
    this.#mergeExtensions();
    this.#rank();
    this.#advance();
    this.#stableNode = this.#trie.commonAncestor(stableBefore);
    if (this.#beam.node[0] !== before || this.#stableNode !== stableBefore) this.#revision += 1;
  }

  /** Each prefix as it is: one more blank, or its last token again. */
  #stay(): void {
    const beam = this.#beam;
    const { logBlank } = this.#row;
    for (let i = 0; i < beam.size; i += 1) {
      const last = this.#trie.token[beam.node[i]!]!;
      const repeat = last === NONE ? IMPOSSIBLE : this.#row.logProb(last);
      this.#total[i] = beam.total(i);
      this.#stayBlank[i] = this.#total[i]! + logBlank;
      this.#stayToken[i] = beam.sumToken[i]! + repeat;
      this.#stayBest[i] = beam.bestToken[i]! + repeat;
      this.#stayFrom[i] = NONE;
    }
  }

  /** Prefixes whose parent is alive too: the parent extended by the last token is the same prefix. */
  #mergeExtensions(): void {
    const { parent, slot, token } = this.#trie;
    for (let i = 0; i < this.#beam.size; i += 1) {
      const node = this.#beam.node[i]!;
      if (node === PrefixTrie.ROOT) continue;
      const from = slot[parent[node]!]!;
      const last = token[node]!;
      const logProb = this.#row.logProb(last);
      if (from === NONE || logProb === IMPOSSIBLE) continue;
      this.#stayToken[i] = logAdd(this.#stayToken[i]!, this.#sumBefore(from, last) + logProb);
      const best = this.#beam.best(from, this.#needsBlank(from, last)) + logProb;
      if (best > this.#stayBest[i]!) {
        this.#stayBest[i] = best;
        this.#stayFrom[i] = from;
      }
    }
  }

  #rank(): void {
    const { node, size } = this.#beam;
    const ranking = this.#ranking;
    ranking.clear();
    for (let i = 0; i < size; i += 1) {
      const words = this.#fusion?.score(node[i]!) ?? 0;
      ranking.offer(logAdd(this.#stayBlank[i]!, this.#stayToken[i]!) + words, i, NONE);
    }
    for (let i = 0; i < size; i += 1) {
      for (let k = 0; k < this.#row.count; k += 1) {
        const token = this.#row.tokens[k]!;
        const words = this.#fusion?.extendedScore(node[i]!, token) ?? 0;
        const score = this.#sumBefore(i, token) + this.#row.logProb(token) + words;
        if (score <= ranking.threshold || this.#isAlive(this.#trie.find(node[i]!, token))) continue;
        ranking.offer(score, i, token);
      }
    }
    ranking.cut(this.#options.beamMinLogProb);
  }

  /** Makes what was ranked the new beam. */
  #advance(): void {
    const old = this.#beam;
    const next = this.#spare;
    const { entry, token, size } = this.#ranking;
    for (let i = 0; i < size; i += 1) {
      if (token[i] === NONE) this.#keep(i, entry[i]!);
      else this.#extend(i, entry[i]!, token[i]!);
    }
    next.size = size;
    this.#beam = next;
    this.#spare = old;
    const { slot } = this.#trie;
    for (let i = 0; i < old.size; i += 1) {
      slot[old.node[i]!] = NONE;
      this.#alignments.release(old.alignBlank[i]!);
      this.#alignments.release(old.alignToken[i]!);
    }
    for (let i = 0; i < size; i += 1) slot[next.node[i]!] = i;
    for (let i = 0; i < old.size; i += 1) this.#trie.prune(old.node[i]!);
  }

  /** The prefix of `entry` goes on as entry `to` of the next beam. */
  #keep(to: number, entry: number): void {
    const beam = this.#beam;
    const next = this.#spare;
    next.node[to] = beam.node[entry]!;
    next.sumBlank[to] = this.#stayBlank[entry]!;
    next.sumToken[to] = this.#stayToken[entry]!;
    next.bestBlank[to] = beam.best(entry, false) + this.#row.logBlank;
    next.alignBlank[to] = this.#alignments.retain(beam.align(entry, false));
    next.blanks[to] = beam.endsInBlank(entry) ? beam.blanks[entry]! + 1 : 1;
    next.bestToken[to] = this.#stayBest[entry]!;
    next.alignToken[to] = this.#stayBest[entry] === IMPOSSIBLE ? AlignmentPool.EMPTY : this.#alignLast(entry);
  }

  /** The alignment of an entry that stays and whose last token is emitted in this step. */
  #alignLast(entry: number): number {
    const last = this.#trie.token[this.#beam.node[entry]!]!;
    const logPosterior = this.#row.logProb(last);
    const from = this.#stayFrom[entry]!;
    if (from !== NONE) {
      const before = this.#beam.align(from, this.#needsBlank(from, last));
      return this.#alignments.add(before, this.#step, logPosterior);
    }
    const align = this.#beam.alignToken[entry]!;
    if (logPosterior <= this.#alignments.logPosterior[align]!) return this.#alignments.retain(align);
    return this.#alignments.add(this.#alignments.previous[align]!, this.#step, logPosterior);
  }

  /** The prefix of `entry` and then `token` becomes entry `to` of the next beam. */
  #extend(to: number, entry: number, token: number): void {
    const beam = this.#beam;
    const next = this.#spare;
    const needsBlank = this.#needsBlank(entry, token);
    const logProb = this.#row.logProb(token);
    const parent = beam.node[entry]!;
    let node = this.#trie.find(parent, token);
    if (node === NONE) {
      node = this.#trie.add(parent, token);
      this.#fusion?.add(node);
    }
    next.node[to] = node;
    next.sumBlank[to] = IMPOSSIBLE;
    next.bestBlank[to] = IMPOSSIBLE;
    next.alignBlank[to] = AlignmentPool.EMPTY;
    next.blanks[to] = 0;
    next.sumToken[to] = this.#sumBefore(entry, token) + logProb;
    next.bestToken[to] = beam.best(entry, needsBlank) + logProb;
    next.alignToken[to] = this.#alignments.add(beam.align(entry, needsBlank), this.#step, logProb);
  }

  /** Only a blank between them keeps two equal tokens apart. */
  #needsBlank(entry: number, token: number): boolean {
    return token === this.#trie.token[this.#beam.node[entry]!];
  }

  #sumBefore(entry: number, token: number): number {
    return this.#needsBlank(entry, token) ? this.#beam.sumBlank[entry]! : this.#total[entry]!;
  }

  #isAlive(node: number): boolean {
    return node !== NONE && this.#trie.slot[node] !== NONE;
  }

  #hypothesis(entry: number): Hypothesis {
    const node = this.#beam.node[entry]!;
    const tokens = this.#trie.tokens(node);
    const score = this.#beam.total(entry) + (this.#fusion?.score(node) ?? 0);
    return { tokens, ...this.#alignments.read(this.#beam.align(entry, false), tokens.length), score };
  }
}
