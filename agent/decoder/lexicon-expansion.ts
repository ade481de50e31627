import type { HotwordTree } from './hotword-tree.ts';
import type { LetterRows } from './letter-rows.ts';
import type { Lexicon } from './lexicon.ts';
import { LexiconBeam } from './lexicon-beam.ts';
import { LexiconTree } from './lexicon-tree.ts';
import type { NgramModel } from './ngram-model.ts';
import { SearchCandidates } from './search-candidates.ts';
import { SpellingEvidence, type SpellingOptions } from './spelling-evidence.ts';
import { StepTokens } from './step-tokens.ts';
import type { TokenTable } from './token-table.ts';
import { WordLinks } from './word-links.ts';
import { WordScores } from './word-scores.ts';
import type { WordSpellings } from './word-spellings.ts';

const NONE = -1;

/** Thresholds are natural logs. */
export interface LexiconExpansionOptions {
  /** Hypotheses kept per step. */
  readonly beamWidth: number;
  /** Tokens below this probability are not tried; the blank and the most probable token always are. */
  readonly tokenMinLogProb: number;
  /** Hypotheses this far below the best are dropped. */
  readonly beamMinLogProb: number;
  /**
   * Natural log that a step of blank costs beside its log-probability. A CTC model is too sure of its blanks, the more so
   * the less it has learned: without it hypotheses of few and short words win.
   */
  readonly blankPenalty: number;
  /** Factor on the language model's natural-log probabilities. */
  readonly languageModelWeight: number;
  /** Added per word, against the language model's preference for few words. */
  readonly wordBonus: number;
  /** How the letters of words count, where the model has a head that spells; null: they do not. */
  readonly spelling: SpellingOptions | null;
}

/** What the searches of all streams share. */
export interface LexiconResources {
  /** Of the head that the lexicon's pronunciations are written in. */
  readonly tokens: TokenTable;
  readonly tree: LexiconTree;
  readonly lexicon: Lexicon;
  readonly model: NgramModel;
  /** How words are spelled in a second head of the model; null: it has none that spells. */
  readonly spellings: WordSpellings | null;
}

/**
 * The step of the search through a lexicon tree: from the beam before a row of log-probs to the beam after it. The
 * score of a hypothesis is that of its most probable alignment (Viterbi) under the CTC topology: a token may come
 * again, a blank may stand anywhere and must stand between two equal tokens, within a word and from word to word.
 * A word is scored when its last phoneme comes; until then the look-ahead of its node stands for it. Hypotheses
 * that agree in place and language-model state are joined, so that with nothing pruned the best is exactly the best
 * of all word sequences. A step in which only the blank is probable costs no more than a pass over the beam.
 *
 * What the letters of a word say comes to the score of a hypothesis some steps after the word (`SpellingEvidence`).
 *
 * Hotwords are a second tree of the stream's own: its nodes have numbers behind those of the lexicon's tree. A word that
 * is in both is found in both, and joined where it ends.
 *
 * Creates no objects in the steady state.
 */
export class LexiconExpansion {
  readonly links = new WordLinks();
  /** The beam after the last step. */
  beam: LexiconBeam;
  #spare: LexiconBeam;
  readonly #options: LexiconExpansionOptions;
  readonly #resources: LexiconResources;
  readonly #hotwords: HotwordTree | null;
  /** Node 0 of `#hotwords`. */
  readonly #firstHotwordNode: number;
  readonly #scores: WordScores;
  readonly #candidates: SearchCandidates;
  readonly #row: StepTokens;
  readonly #spelling: SpellingEvidence | null;
  /** Score of what is entered, its token heard, without look-ahead, `[1]`; why it is no argument, see `SearchCandidates.offered`. */
  readonly #heard = new Float64Array(1);
  /** A place is `node · #places`, and 1 more than the token that the alignment ends with. */
  readonly #places: number;
  #step = 0;

  constructor(
    resources: LexiconResources,
    options: LexiconExpansionOptions,
    hotwords: HotwordTree | null = null,
  ) {
    this.#options = options;
    this.#resources = resources;
    this.#hotwords = hotwords;
    this.#firstHotwordNode = resources.tree.size;
    this.#scores = new WordScores(resources.model);
    this.#candidates = new SearchCandidates(options.beamMinLogProb);
    this.#row = new StepTokens(resources.tokens, options.tokenMinLogProb);
    this.#places = resources.tokens.size + 1;
    this.#spelling = this.#newSpelling();
    this.beam = new LexiconBeam(options.beamWidth);
    this.#spare = new LexiconBeam(options.beamWidth);
    this.clear();
  }

  /** Steps since the last `clear`. */
  get steps(): number {
    return this.#step;
  }

  clear(): void {
    this.links.clear();
    this.#spelling?.clear();
    this.beam.clear(this.#resources.model.start);
    this.#step = 0;
  }

  /** Log-probs of a step: those of the phonemes, and behind them those of the letters where these have a say. */
  get rowLength(): number {
    const { tokens, spellings } = this.#resources;
    return tokens.size + (this.#spelling === null ? 0 : spellings!.tokens.size);
  }

  /** The rows of the letters; null where these have no say. */
  get letters(): LetterRows | null {
    return this.#spelling?.rows ?? null;
  }

  /** Consumes the row that begins at `offset`. */
  accept(logProbs: Float32Array, offset: number): void {
    this.#row.read(logProbs, offset);
    this.#candidates.clear();
    for (let entry = 0; entry < this.beam.size; entry += 1) this.#expand(entry);
    this.#advance(logProbs, offset);
    this.#step += 1;
    if (this.#spelling === null) return;
    this.#spelling.accept(logProbs, offset + this.#resources.tokens.size);
    if (this.#spelling.addTo(this.beam)) this.beam.putBestFirst();
  }

  /** What comes to the score of an entry when no more steps follow, the language model's ending apart. */
  ending(entry: number): number {
    return this.#spelling?.ending(this.beam.link[entry]!) ?? 0;
  }

  /** Drops the entries whose `agreement` is below `least`; that of the first must not be. */
  restrictTo(agreement: Int32Array, least: number): void {
    const { beam } = this;
    let kept = 0;
    for (let entry = 0; entry < beam.size; entry += 1) {
      if (agreement[entry]! < least) {
        this.links.release(beam.link[entry]!);
        continue;
      }
      if (kept !== entry) beam.copyEntry(entry, kept);
      kept += 1;
    }
    beam.size = kept;
  }

  /** How many of the last words of an entry are of a phrase of hotwords that is not complete: it may yet end there. */
  wordsOfPhrase(entry: number): number {
    const node = this.beam.node[entry]! - this.#firstHotwordNode;
    return node < 0 ? 0 : this.#hotwords!.wordsBefore[node]!;
  }

  #newSpelling(): SpellingEvidence | null {
    const { lexicon, spellings: words } = this.#resources;
    const { spelling } = this.#options;
    if (spelling === null || words === null) return null;
    const hotwords = this.#hotwords;
    const textOf = (word: number) => (hotwords === null ? lexicon.word(word) : hotwords.wordText(word));
    return new SpellingEvidence(this.links, { words, textOf }, spelling);
  }

  #expand(entry: number): void {
    const { beam } = this;
    const score = beam.score[entry]!;
    const node = beam.node[entry]!;
    const last = beam.last[entry]!;
    const state = beam.state[entry]!;
    const { offered } = this.#candidates;
    offered[0] = score + this.#row.logBlank - this.#options.blankPenalty;
    this.#candidates.offer(state, node * this.#places, entry);
    if (last !== NONE) {
      offered[0] = score + this.#row.tried[last]!;
      this.#candidates.offer(state, node * this.#places + last + 1, entry);
    }
    if (this.#row.count === 0) return;
    if (node >= this.#firstHotwordNode) this.#continueHotwords(entry, node - this.#firstHotwordNode);
    else if (node !== LexiconTree.ROOT) this.#continueWords(entry);
    else {
      this.#beginWords(entry);
      if (this.#hotwords !== null) this.#continueHotwords(entry, 0);
    }
  }

  #beginWords(entry: number): void {
    const { rootChild } = this.#resources.tree;
    const { tokens, logProbs, count } = this.#row;
    const last = this.beam.last[entry]!;
    const score = this.beam.score[entry]!;
    for (let k = 0; k < count; k += 1) {
      const token = tokens[k]!;
      const child = rootChild[token]!;
      if (child === 0 || token === last) continue;
      this.#heard[0] = score + logProbs[k]!;
      this.#enter(entry, child);
    }
  }

  #continueWords(entry: number): void {
    const { firstChild, token, lookAhead } = this.#resources.tree.arrays;
    const node = this.beam.node[entry]!;
    const last = this.beam.last[entry]!;
    const score = this.beam.score[entry]! - this.#options.languageModelWeight * lookAhead[node]!;
    const { tried } = this.#row;
    const end = firstChild[node + 1]!;
    for (let child = firstChild[node]!; child < end; child += 1) {
      const logProb = tried[token[child]!]!;
      // most children end here, before their look-ahead and words are fetched from all over the memory
      if (logProb === Number.NEGATIVE_INFINITY || token[child] === last) continue;
      this.#heard[0] = score + logProb;
      this.#enter(entry, child);
    }
  }

  /** The token of `child` comes, with the score `#heard`. */
  #enter(entry: number, child: number): void {
    const { languageModelWeight } = this.#options;
    const { firstChild, token, lookAhead, endings, endingsFrom, endingsTo } = this.#resources.tree.arrays;
    const ahead = this.#heard[0]! + languageModelWeight * lookAhead[child]!;
    if (ahead < this.#candidates.floor) return;
    if (firstChild[child]! < firstChild[child + 1]!) {
      this.#candidates.offered[0] = ahead;
      this.#candidates.offer(this.beam.state[entry]!, child * this.#places + token[child]! + 1, entry);
    }
    const end = endingsTo[child]!;
    for (let i = endingsFrom[child]!; i < end; i += 1) this.#endWord(entry, child, endings[i]!);
  }

  /** `word` ends with the token of `child`. */
  #endWord(entry: number, child: number, word: number): void {
    const { languageModelWeight, wordBonus } = this.#options;
    const { modelWord, token } = this.#resources.tree.arrays;
    const slot = this.#scores.slot(this.beam.state[entry]!, modelWord[word]!);
    const said = languageModelWeight * this.#scores.logProb[slot]!;
    this.#candidates.offered[0] = this.#heard[0]! + said + wordBonus;
    const place = LexiconTree.ROOT * this.#places + token[child]! + 1;
    this.#candidates.offer(this.#scores.next[slot]!, place, entry, word);
  }

  /** From node `at` of the tree of hotwords. */
  #continueHotwords(entry: number, at: number): void {
    const { firstChild, children, token, lookAhead } = this.#hotwords!;
    const last = this.beam.last[entry]!;
    const score = this.beam.score[entry]! - lookAhead[at]!;
    const { tried } = this.#row;
    const end = firstChild[at + 1]!;
    for (let i = firstChild[at]!; i < end; i += 1) {
      const child = children[i]!;
      const logProb = tried[token[child]!]!;
      if (logProb === Number.NEGATIVE_INFINITY || token[child] === last) continue;
      this.#heard[0] = score + logProb;
      this.#enterHotword(entry, child);
    }
  }

  /** The token of `child` of the tree of hotwords comes, with the score `#heard`. */
  #enterHotword(entry: number, child: number): void {
    const { firstChild, firstEnding, token, lookAhead } = this.#hotwords!;
    const ahead = this.#heard[0]! + lookAhead[child]!;
    if (ahead < this.#candidates.floor) return;
    if (firstChild[child]! < firstChild[child + 1]!) {
      const place = (this.#firstHotwordNode + child) * this.#places + token[child]! + 1;
      this.#candidates.offered[0] = ahead;
      this.#candidates.offer(this.beam.state[entry]!, place, entry);
    }
    const end = firstEnding[child + 1]!;
    for (let ending = firstEnding[child]!; ending < end; ending += 1) this.#endHotword(entry, child, ending);
  }

  #endHotword(entry: number, child: number, ending: number): void {
    const { modelWord, next, token, word } = this.#hotwords!;
    const slot = this.#scores.slot(this.beam.state[entry]!, modelWord[ending]!);
    const said = this.#hotwords!.score(ending, this.#scores.logProb[slot]!);
    this.#candidates.offered[0] = this.#heard[0]! + said + this.#options.wordBonus;
    const node = next[ending] === NONE ? LexiconTree.ROOT : this.#firstHotwordNode + next[ending]!;
    const place = node * this.#places + token[child]! + 1;
    this.#candidates.offer(this.#scores.next[slot]!, place, entry, word[ending]!);
  }

  #isBetweenWords(node: number): boolean {
    if (node < this.#firstHotwordNode) return node === LexiconTree.ROOT;
    return this.#hotwords!.betweenWords[node - this.#firstHotwordNode] === 1;
  }

  /** Makes the best candidates the new beam. */
  #advance(logProbs: Float32Array, offset: number): void {
    const old = this.beam;
    const next = this.#spare;
    const bestLogProb = this.#row.best;
    next.size = this.#candidates.select(this.#options.beamWidth);
    for (let to = 0; to < next.size; to += 1) {
      const candidate = this.#candidates.order[to]!;
      const entry = this.#candidates.entry[candidate]!;
      const place = this.#candidates.place[candidate]!;
      const node = Math.floor(place / this.#places);
      const last = place - node * this.#places - 1;
      const logProb = last === NONE ? this.#row.logBlank : logProbs[offset + last]!;
      next.score[to] = this.#candidates.score[candidate]!;
      next.state[to] = this.#candidates.state[candidate]!;
      next.node[to] = node;
      next.last[to] = last;
      next.deficit[to] = old.deficit[entry]! + logProb - bestLogProb;
      next.lastStep[to] = last === NONE ? old.lastStep[entry]! : this.#step;
      this.#follow(to, entry, this.#candidates.word[candidate]!);
    }
    this.beam = next;
    this.#spare = old;
    for (let entry = 0; entry < old.size; entry += 1) this.links.release(old.link[entry]!);
  }

  /** The words of entry `to` of the next beam: those of `entry`, and `word` unless it is -1. */
  #follow(to: number, entry: number, word: number): void {
    const old = this.beam;
    const next = this.#spare;
    const from = old.node[entry]!;
    const begins = (word !== NONE || next.node[to] !== from) && this.#isBetweenWords(from);
    next.start[to] = begins ? this.#step : old.start[entry]!;
    next.startDeficit[to] = begins ? old.deficit[entry]! : old.startDeficit[entry]!;
    next.link[to] = word === NONE ? this.links.retain(old.link[entry]!) : this.#addWord(to, entry, word);
  }

  #addWord(to: number, entry: number, word: number): number {
    const { links } = this;
    const next = this.#spare;
    const link = links.add(this.beam.link[entry]!);
    links.word[link] = word;
    links.start[link] = next.start[to]!;
    links.end[link] = this.#step;
    links.deficit[link] = next.deficit[to]! - next.startDeficit[to]!;
    return link;
  }
}
