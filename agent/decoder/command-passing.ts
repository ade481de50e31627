import { CommandFrontier } from './command-frontier.ts';
import type { CommandGraph } from './command-graph.ts';
import { argmax } from './log-math.ts';
import { WordTrail } from './word-trail.ts';

export interface CommandBeamOptions {
  /** Natural log by which blanks count less than the model says: models that were trained with CTC are too fond of them. */
  readonly blankPenalty: number;
  /** Natural log: what a step of sound costs that is passed over before or behind the command. */
  readonly fillerPenalty: number;
  /** Natural log: paths that are so much worse than the best are dropped. */
  readonly beam: number;
  /** About this many paths are kept. */
  readonly maxPaths: number;
}

/** Something that is said before or behind a command: one path that takes whatever comes. */
interface Filler {
  score: number;
  /** Entry of the word trail. */
  trail: number;
  /** Steps since the last sound. */
  blanks: number;
}

const HISTOGRAM_BINS = 64;
const LEAST_COLLECTED = 4096;
const IMPOSSIBLE = Number.NEGATIVE_INFINITY;

/**
 * Token passing (Young, Russell and Thornton, "Token passing: a simple conceptual model for connected speech recognition
 * systems", 1989) over a grammar's graph, in the topology of CTC: a token repeats, blanks may follow it, and the same
 * token twice needs a blank between. Silence is blank. Before the command and behind it a filler takes whatever is
 * heard, for `fillerPenalty` a step of sound.
 *
 * Scores are relative to the free path, which takes the most probable token at every step whatever the grammar says:
 * 0 is what sounds best, and a path's score says how much worse it sounds. With nothing pruned the result is exact.
 */
export class CommandPassing {
  readonly trail = new WordTrail();
  /** Before the command. */
  readonly before: Filler = { score: 0, trail: WordTrail.EMPTY, blanks: 0 };
  /** Behind it. */
  readonly behind: Filler = { score: IMPOSSIBLE, trail: WordTrail.EMPTY, blanks: 0 };
  /** Steps taken. */
  step = 0;
  /** Score of hearing nothing but silence, however loud it is. */
  silence = 0;
  readonly #graph: CommandGraph;
  readonly #blank: number;
  readonly #width: number;
  readonly #options: CommandBeamOptions;
  readonly #histogram = new Int32Array(HISTOGRAM_BINS);
  #now: CommandFrontier;
  #next: CommandFrontier;
  /** The row of this step: its place, and its highest value. */
  #logProbs: Float32Array = new Float32Array();
  #row = 0;
  #free = 0;
  /** What the blank adds to a score. */
  #emitBlank = 0;
  /** Best score of all paths after the last step. */
  #best = 0;
  /** Paths with less are not followed any more. */
  #least = IMPOSSIBLE;
  /** The best way to end the command before this step. */
  #endedScore = IMPOSSIBLE;
  #endedEntry = 0;
  #endedWord = 0;
  #collectAt = LEAST_COLLECTED;

  constructor(graph: CommandGraph, tokens: { blank: number; size: number }, options: CommandBeamOptions) {
    this.#graph = graph;
    this.#blank = tokens.blank;
    this.#width = tokens.size;
    this.#options = options;
    this.#now = new CommandFrontier(graph.nodeToken.length);
    this.#next = new CommandFrontier(graph.nodeToken.length);
  }

  reset(): void {
    this.trail.clear();
    this.#now.clear();
    this.#next.clear();
    this.step = 0;
    this.silence = 0;
    this.#best = 0;
    this.#least = IMPOSSIBLE;
    this.#collectAt = LEAST_COLLECTED;
    Object.assign(this.before, { score: 0, blanks: 0 });
    Object.assign(this.behind, { score: IMPOSSIBLE, trail: WordTrail.EMPTY, blanks: 0 });
  }

  /** The paths inside of the grammar after the last step. */
  get frontier(): CommandFrontier {
    return this.#now;
  }

  /** Takes a row of log-probs. Returns whether it is sound: something else than blank is most probable. */
  accept(logProbs: Float32Array, row: number): boolean {
    const { blankPenalty, fillerPenalty } = this.#options;
    const top = argmax(logProbs, row, this.#width);
    const isSound = top !== this.#blank;
    this.#logProbs = logProbs;
    this.#row = row;
    const blank = logProbs[row + this.#blank]! - blankPenalty;
    this.#free = this.#bestOf(blank);
    this.#emitBlank = blank - this.#free;
    this.silence += logProbs[row + this.#blank]! - logProbs[row + top]!;
    const filler = isSound ? Math.max(this.#emitBlank, -fillerPenalty) : 0;
    if (this.trail.size > this.#collectAt) this.#collect();
    this.#next.clear();
    this.#best = this.before.score + filler;
    this.#endedScore = IMPOSSIBLE;
    for (let i = 0; i < this.#now.size; i += 1) if (this.#now.best(i) >= this.#least) this.#pass(i);
    this.#begin();
    this.#fill(filler, filler > -fillerPenalty);
    [this.#now, this.#next] = [this.#next, this.#now];
    this.step += 1;
    this.#setLeast();
    return isSound;
  }

  /** Records the word end `end` of frontier entry `i`, and returns the trail's entry. */
  record(i: number, end: number, afterBlank = this.#now.endsInBlank(i)): number {
    const { trail } = this;
    const now = this.#now;
    const previous = afterBlank ? now.blankTrail[i]! : now.tokenTrail[i]!;
    const at = trail.add(previous);
    trail.wordEnd[at] = end;
    trail.startStep[at] = afterBlank ? now.blankStart[i]! : now.tokenStart[i]!;
    trail.endStep[at] = afterBlank ? now.blankEnd[i]! : this.step - 1;
    trail.tokens[at] = trail.tokens[previous]! + this.#graph.endLength[end]!;
    trail.wordsHash[at] = Math.imul(trail.wordsHash[previous]! ^ (end + 1), 0x9e3779b1);
    trail.score[at] = (afterBlank ? now.blankScore[i]! : now.tokenScore[i]!) + this.#graph.endLogWeight[end]!;
    return at;
  }

  /** The highest value of the row, when that of the blank is `blank`. */
  #bestOf(blank: number): number {
    let best = blank;
    for (let token = 0; token < this.#width; token += 1) {
      if (token !== this.#blank) best = Math.max(best, this.#logProbs[this.#row + token]!);
    }
    return best;
  }

  /** What `token`, other than the blank, adds to a score. */
  #emit(token: number): number {
    return this.#logProbs[this.#row + token]! - this.#free;
  }

  /** Whether a path with `score` is worth following. */
  #admits(score: number): boolean {
    if (score > this.#best) this.#best = score;
    return score > IMPOSSIBLE && score >= this.#best - this.#options.beam;
  }

  /** Passes the paths of entry `i` on to their node, its children and the words that may follow. */
  #pass(i: number): void {
    const now = this.#now;
    const node = now.node[i]!;
    const token = this.#graph.nodeToken[node]!;
    const inBlank = now.best(i) + this.#emitBlank;
    if (this.#admits(inBlank)) this.#next.offerBlank(now, i, { score: inBlank, step: this.step });
    const again = now.tokenScore[i]! + this.#emit(token);
    if (this.#admits(again)) this.#next.offerToken(node, again, now.tokenTrail[i]!, now.tokenStart[i]!);
    const first = this.#graph.firstChild[node]!;
    for (let child = first; child < first + this.#graph.childCount[node]!; child += 1) {
      const childToken = this.#graph.nodeToken[child]!;
      const afterBlank = childToken === token || now.endsInBlank(i);
      const score = (afterBlank ? now.blankScore[i]! : now.tokenScore[i]!) + this.#emit(childToken);
      if (!this.#admits(score)) continue;
      const trail = afterBlank ? now.blankTrail[i]! : now.tokenTrail[i]!;
      this.#next.offerToken(child, score, trail, afterBlank ? now.blankStart[i]! : now.tokenStart[i]!);
    }
    for (let end = this.#graph.firstEnd[node]!; end < this.#graph.firstEnd[node + 1]!; end += 1) {
      this.#endWord(i, end);
    }
  }

  /** From the end of a word to the words that may follow, and to the end of the command. */
  #endWord(i: number, end: number): void {
    const now = this.#now;
    const token = this.#graph.nodeToken[now.node[i]!]!;
    const place = this.#graph.endPlace[end]!;
    const weight = this.#graph.endLogWeight[end]!;
    const complete = now.best(i) + weight + this.#graph.finalLogWeight[place]!;
    if (complete > this.#endedScore) {
      this.#endedScore = complete;
      this.#endedEntry = i;
      this.#endedWord = end;
    }
    let afterAny = WordTrail.EMPTY;
    let afterBlank = WordTrail.EMPTY;
    const first = this.#graph.firstRoot[place]!;
    for (let root = first; root < first + this.#graph.rootCount[place]!; root += 1) {
      const rootToken = this.#graph.nodeToken[root]!;
      const isRepeat = rootToken === token;
      const score = (isRepeat ? now.blankScore[i]! : now.best(i)) + weight + this.#emit(rootToken);
      if (!this.#admits(score) || !this.#next.admitsToken(root, score)) continue;
      if (isRepeat && afterBlank === WordTrail.EMPTY) afterBlank = this.record(i, end, true);
      if (!isRepeat && afterAny === WordTrail.EMPTY) afterAny = this.record(i, end);
      this.#next.offerToken(root, score, isRepeat ? afterBlank : afterAny, this.step);
    }
  }

  /** From the filler before the command into its first word. */
  #begin(): void {
    const { before } = this;
    let trail = WordTrail.EMPTY;
    const first = this.#graph.firstRoot[0]!;
    for (let root = first; root < first + this.#graph.rootCount[0]!; root += 1) {
      const score = before.score + this.#emit(this.#graph.nodeToken[root]!);
      if (!this.#admits(score) || !this.#next.admitsToken(root, score)) continue;
      if (trail === WordTrail.EMPTY) {
        trail = this.trail.add(WordTrail.EMPTY);
        this.trail.score[trail] = before.score;
      }
      this.#next.offerToken(root, score, trail, this.step);
    }
  }

  #fill(filler: number, isBlank: boolean): void {
    const { before, behind } = this;
    before.score += filler;
    before.blanks = isBlank ? before.blanks + 1 : 0;
    if (this.#endedScore > behind.score) {
      behind.score = this.#endedScore;
      behind.trail = this.record(this.#endedEntry, this.#endedWord);
      behind.blanks = this.step - 1 - this.trail.endStep[behind.trail]!;
    }
    behind.score += filler;
    behind.blanks = isBlank ? behind.blanks + 1 : 0;
    if (behind.score > this.#best) this.#best = behind.score;
  }

  /** Where the beam ends, closer when more than `maxPaths` are in it. */
  #setLeast(): void {
    const { beam, maxPaths } = this.#options;
    this.#least = this.#best - beam;
    if (this.#now.size <= maxPaths) return;
    const bins = this.#histogram.fill(0);
    const scale = HISTOGRAM_BINS / Math.min(beam, 1e6);
    for (let i = 0; i < this.#now.size; i += 1) {
      const bin = Math.floor((this.#best - this.#now.best(i)) * scale);
      if (bin < HISTOGRAM_BINS) bins[bin]! += 1;
    }
    let kept = 0;
    let bin = 0;
    while (bin < HISTOGRAM_BINS && kept + bins[bin]! <= maxPaths) {
      kept += bins[bin]!;
      bin += 1;
    }
    this.#least = this.#best - Math.max(bin, 1) / scale;
  }

  #collect(): void {
    const { trail } = this;
    const now = this.#now;
    trail.beginCollect();
    trail.keep(this.behind.trail);
    for (let i = 0; i < now.size; i += 1) {
      if (now.tokenScore[i]! > IMPOSSIBLE) trail.keep(now.tokenTrail[i]!);
      if (now.blankScore[i]! > IMPOSSIBLE) trail.keep(now.blankTrail[i]!);
    }
    trail.endCollect();
    this.behind.trail = trail.movedTo(this.behind.trail);
    for (let i = 0; i < now.size; i += 1) {
      if (now.tokenScore[i]! > IMPOSSIBLE) now.tokenTrail[i] = trail.movedTo(now.tokenTrail[i]!);
      if (now.blankScore[i]! > IMPOSSIBLE) now.blankTrail[i] = trail.movedTo(now.blankTrail[i]!);
    }
    this.#collectAt = Math.max(LEAST_COLLECTED, 2 * trail.size);
  }
}
