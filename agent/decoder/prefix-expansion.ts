import { AlignmentPool } from './alignment-pool.ts';
import { Beam } from './beam.ts';
import { logAdd } from './log-math.ts';
import type { PrefixScorer } from './prefix-scorer.ts';
import { PrefixTrie } from './prefix-trie.ts';
import { Ranking } from './ranking.ts';
import { StepTokens } from './step-tokens.ts';
import type { TokenTable } from './token-table.ts';

const NONE = -1;
const IMPOSSIBLE = Number.NEGATIVE_INFINITY;

/** Thresholds are natural logs. */
export interface ExpansionOptions {
  /** Prefixes kept per step. */
  readonly beamWidth: number;
  /** Tokens below this probability are not tried; the blank and the most probable token always are. */
  readonly tokenMinLogProb: number;
  /** Prefixes this far below the best are dropped. */
  readonly beamMinLogProb: number;
}

/**
 * The step of CTC prefix beam search: from the beam before a row of log-probs to the beam after it. Creates no
 * objects in the steady state: the trie, the alignments and the beams live in typed arrays. (The engine may box a
 * few numbers per step; `test/bench/decoder.bench.ts` shows how many bytes that is.)
 */
export class PrefixExpansion {
  readonly trie: PrefixTrie;
  readonly alignments = new AlignmentPool();
  /** The beam after the last step. */
  beam: Beam;
  #spare: Beam;
  readonly #options: ExpansionOptions;
  readonly #scorer: PrefixScorer | null;
  readonly #ranking: Ranking;
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

  constructor(
    tokens: TokenTable,
    options: ExpansionOptions,
    { trie, scorer }: { trie: PrefixTrie; scorer: PrefixScorer | null },
  ) {
    const { beamWidth } = options;
    this.trie = trie;
    this.#options = options;
    this.#scorer = scorer;
    this.beam = new Beam(beamWidth);
    this.#spare = new Beam(beamWidth);
    this.#ranking = new Ranking(beamWidth);
    this.#row = new StepTokens(tokens, options.tokenMinLogProb);
    this.#total = new Float64Array(beamWidth);
    this.#stayBlank = new Float64Array(beamWidth);
    this.#stayToken = new Float64Array(beamWidth);
    this.#stayBest = new Float64Array(beamWidth);
    this.#stayFrom = new Int32Array(beamWidth);
    this.clear();
  }

  /** Steps since the last `clear`. */
  get steps(): number {
    return this.#step;
  }

  /** Back to the empty prefix alone. */
  clear(): void {
    this.trie.clear();
    this.alignments.clear();
    this.#scorer?.clear();
    this.beam.clear();
    this.trie.slot[PrefixTrie.ROOT] = 0;
    this.#step = 0;
  }

  /** Consumes the row that begins at `offset`. */
  accept(logProbs: Float32Array, offset: number): void {
    this.#row.read(logProbs, offset);
    if (this.#row.count === 0) {
      // exact, not a short cut: with no token to try, neither the prefixes nor their order can change
      this.beam.acceptBlank(this.#row.logBlank, this.alignments);
    } else {
      this.#stay();
      this.#mergeExtensions();
      this.#rank();
      this.#advance();
    }
    this.#step += 1;
  }

  /** Drops every prefix that does not begin with the prefix of `node`. The best must. */
  restrictTo(node: number): void {
    const { beam, trie, alignments } = this;
    let kept = 0;
    for (let i = 0; i < beam.size; i += 1) {
      const at = beam.node[i]!;
      if (trie.isWithin(at, node)) {
        trie.slot[at] = kept;
        beam.copyEntry(i, kept);
        kept += 1;
      } else {
        trie.slot[at] = NONE;
        alignments.release(beam.alignBlank[i]!);
        alignments.release(beam.alignToken[i]!);
        trie.prune(at);
      }
    }
    beam.size = kept;
  }

  /** Each prefix as it is: one more blank, or its last token again. */
  #stay(): void {
    const beam = this.beam;
    const { logBlank } = this.#row;
    for (let i = 0; i < beam.size; i += 1) {
      const last = this.trie.token[beam.node[i]!]!;
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
    const { parent, slot, token } = this.trie;
    for (let i = 0; i < this.beam.size; i += 1) {
      const node = this.beam.node[i]!;
      if (node === PrefixTrie.ROOT) continue;
      const from = slot[parent[node]!]!;
      const last = token[node]!;
      const logProb = this.#row.logProb(last);
      if (from === NONE || logProb === IMPOSSIBLE) continue;
      this.#stayToken[i] = logAdd(this.#stayToken[i]!, this.#sumBefore(from, last) + logProb);
      const best = this.beam.best(from, this.#needsBlank(from, last)) + logProb;
      if (best > this.#stayBest[i]!) {
        this.#stayBest[i] = best;
        this.#stayFrom[i] = from;
      }
    }
  }

  #rank(): void {
    const { node, size } = this.beam;
    const ranking = this.#ranking;
    ranking.clear();
    for (let i = 0; i < size; i += 1) {
      const score = this.#scorer?.score(node[i]!) ?? 0;
      ranking.offer(logAdd(this.#stayBlank[i]!, this.#stayToken[i]!) + score, i, NONE);
    }
    for (let i = 0; i < size; i += 1) this.#rankExtensions(i);
    ranking.cut(this.#options.beamMinLogProb);
  }

  /** The innermost loop: kept to array accesses, since a number returned by a call may cost an allocation. */
  #rankExtensions(entry: number): void {
    const { tokens, logProbs, count } = this.#row;
    const ranking = this.#ranking;
    const scorer = this.#scorer;
    const node = this.beam.node[entry]!;
    const last = this.trie.token[node]!;
    const total = this.#total[entry]!;
    const afterBlank = this.beam.sumBlank[entry]!;
    for (let k = 0; k < count; k += 1) {
      const token = tokens[k]!;
      let score = (token === last ? afterBlank : total) + logProbs[k]!;
      if (scorer !== null) score += scorer.extendedScore(node, token);
      if (!ranking.admits(score) || this.#isAlive(this.trie.find(node, token))) continue;
      ranking.offer(score, entry, token);
    }
  }

  /** Makes what was ranked the new beam. */
  #advance(): void {
    const old = this.beam;
    const next = this.#spare;
    const { entry, token, size } = this.#ranking;
    for (let i = 0; i < size; i += 1) {
      if (token[i] === NONE) this.#keep(i, entry[i]!);
      else this.#extend(i, entry[i]!, token[i]!);
    }
    next.size = size;
    this.beam = next;
    this.#spare = old;
    const { slot } = this.trie;
    for (let i = 0; i < old.size; i += 1) {
      slot[old.node[i]!] = NONE;
      this.alignments.release(old.alignBlank[i]!);
      this.alignments.release(old.alignToken[i]!);
    }
    for (let i = 0; i < size; i += 1) slot[next.node[i]!] = i;
    for (let i = 0; i < old.size; i += 1) this.trie.prune(old.node[i]!);
  }

  /** The prefix of `entry` goes on as entry `to` of the next beam. */
  #keep(to: number, entry: number): void {
    const beam = this.beam;
    const next = this.#spare;
    next.node[to] = beam.node[entry]!;
    next.sumBlank[to] = this.#stayBlank[entry]!;
    next.sumToken[to] = this.#stayToken[entry]!;
    next.bestBlank[to] = beam.best(entry, false) + this.#row.logBlank;
    next.alignBlank[to] = this.alignments.retain(beam.align(entry, false));
    next.blanks[to] = beam.endsInBlank(entry) ? beam.blanks[entry]! + 1 : 1;
    next.bestToken[to] = this.#stayBest[entry]!;
    next.alignToken[to] = this.#stayBest[entry] === IMPOSSIBLE ? AlignmentPool.EMPTY : this.#alignLast(entry);
  }

  /** The alignment of an entry that stays and whose last token is emitted in this step. */
  #alignLast(entry: number): number {
    const last = this.trie.token[this.beam.node[entry]!]!;
    const logPosterior = this.#row.logProb(last);
    const from = this.#stayFrom[entry]!;
    if (from !== NONE) {
      const before = this.beam.align(from, this.#needsBlank(from, last));
      return this.alignments.add(before, this.#step, logPosterior);
    }
    const align = this.beam.alignToken[entry]!;
    if (logPosterior <= this.alignments.logPosterior[align]!) return this.alignments.retain(align);
    return this.alignments.add(this.alignments.previous[align]!, this.#step, logPosterior);
  }

  /** The prefix of `entry` and then `token` becomes entry `to` of the next beam. */
  #extend(to: number, entry: number, token: number): void {
    const beam = this.beam;
    const next = this.#spare;
    const needsBlank = this.#needsBlank(entry, token);
    const logProb = this.#row.logProb(token);
    const parent = beam.node[entry]!;
    let node = this.trie.find(parent, token);
    if (node === NONE) {
      node = this.trie.add(parent, token);
      this.#scorer?.add(node);
    }
    next.node[to] = node;
    next.sumBlank[to] = IMPOSSIBLE;
    next.bestBlank[to] = IMPOSSIBLE;
    next.alignBlank[to] = AlignmentPool.EMPTY;
    next.blanks[to] = 0;
    next.sumToken[to] = this.#sumBefore(entry, token) + logProb;
    next.bestToken[to] = beam.best(entry, needsBlank) + logProb;
    next.alignToken[to] = this.alignments.add(beam.align(entry, needsBlank), this.#step, logProb);
  }

  /** Only a blank between them keeps two equal tokens apart. */
  #needsBlank(entry: number, token: number): boolean {
    return token === this.trie.token[this.beam.node[entry]!];
  }

  #sumBefore(entry: number, token: number): number {
    return this.#needsBlank(entry, token) ? this.beam.sumBlank[entry]! : this.#total[entry]!;
  }

  #isAlive(node: number): boolean {
    return node !== NONE && this.trie.slot[node] !== NONE;
  }
}
