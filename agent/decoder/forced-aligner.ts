import { AlignmentPaths } from './alignment-paths.ts';
import { AlignmentText, type Sayings } from './alignment-text.ts';
import { argmax } from './log-math.ts';
import { WordLinks } from './word-links.ts';

/** What it costs to leave the text, as natural logs. `Infinity`: it can not be left. */
export interface AlignmentOptions {
  /** A step of sound between words that belongs to none; less where it is nearly silent. */
  readonly fillerPenalty: number;
  /** Leaving out words, however many, and each of them. */
  readonly skipPenalty: number;
  readonly skipWordPenalty: number;
  /** Places in the text that are so much worse than the best are dropped. */
  readonly beam: number;
}

/** All of the text and nothing else, exactly. */
export const FORCED: AlignmentOptions = {
  fillerPenalty: Number.POSITIVE_INFINITY,
  skipPenalty: Number.POSITIVE_INFINITY,
  skipWordPenalty: 0,
  beam: Number.POSITIVE_INFINITY,
};

/** Where a word was said; both steps are of the word. */
export interface AlignedWord {
  readonly startStep: number;
  readonly endStep: number;
  /** Natural log of how much less probable it is than the best token of each of its steps; 0 or less. */
  readonly score: number;
  /** Tokens of the way in which it was said. */
  readonly tokens: number;
}

const IMPOSSIBLE = Number.NEGATIVE_INFINITY;
const NONE = -1;

/**
 * Finds where each word of a known text was said: the most probable alignment (Viterbi) under the CTC topology of the
 * words in their order, each in the way to say it that fits best (Graves et al. 2006, "Connectionist temporal
 * classification", section 4.1, with the maximum in place of the sum). Between words anything may be heard, and words may
 * be left out, for what `AlignmentOptions` says.
 *
 * It goes along with the recording and keeps the places in the text that are within the beam, not the rows, so that
 * both may be long. With an infinite beam it is exact. Scores are relative to the free path, which takes the most
 * probable token of every step.
 */
export class ForcedAligner {
  readonly #text: AlignmentText;
  readonly #blank: number;
  readonly #width: number;
  readonly #options: AlignmentOptions;
  /** The states of the text; then the gap before each word, and that behind the last. */
  readonly #paths: AlignmentPaths;
  /** `[ways]` The words up to a way whose last state is alive, itself among them; else `WordLinks.EMPTY`. */
  readonly #ended: Int32Array;
  /** `[size + 1]` Best score within a word and in the gap before it. */
  readonly #alive: Float64Array;
  /** Words before `first` and behind `last` are not alive. */
  #first = 0;
  #last = 0;
  #best = 0;
  #step = 0;
  /** The row of this step: its place, and its highest value. */
  #logProbs: Float32Array = new Float32Array();
  #row = 0;
  #free = 0;

  /** @param words the text: every word with at least one way to say it */
  constructor(
    words: readonly Sayings[],
    tokens: { readonly blank: number; readonly size: number },
    options: AlignmentOptions,
  ) {
    this.#text = new AlignmentText(words, tokens.blank);
    this.#blank = tokens.blank;
    this.#width = tokens.size;
    this.#options = options;
    this.#paths = new AlignmentPaths(this.#text.states + words.length + 1);
    this.#ended = new Int32Array(this.#text.word.length).fill(WordLinks.EMPTY);
    this.#alive = new Float64Array(words.length + 1).fill(IMPOSSIBLE);
    this.#alive[0] = 0;
    this.#paths.score[this.#gap(0)] = 0;
  }

  /** Entries in use, for the test that none leaks. */
  get linkCount(): number {
    return this.#paths.links.size;
  }

  /** Takes log-probs, row-major `[steps, tokens]`. */
  accept(logProbs: Float32Array, steps: number): void {
    this.#logProbs = logProbs;
    for (let i = 0; i < steps; i += 1) {
      this.#row = i * this.#width;
      this.#accept();
    }
  }

  /**
   * Ends the recording. Where each word was said, null for one that was left out; null instead of all when nothing
   * fits, as with fewer steps than tokens.
   */
  end(): (AlignedWord | null)[] | null {
    const { size } = this.#text;
    const { links, score, link } = this.#paths;
    this.#openGaps(IMPOSSIBLE);
    const way = this.#bestEnd(size);
    const gap = this.#gap(size);
    const isEnded = way !== NONE && score[this.#text.lastState(way)]! > score[gap]!;
    if (!isEnded && score[gap] === IMPOSSIBLE) return null;
    const words = new Array<AlignedWord | null>(size).fill(null);
    for (const ended of links.read(isEnded ? this.#ended[way]! : link[gap]!)) {
      words[this.#text.word[ended.word]!] = {
        startStep: ended.start,
        endStep: ended.end,
        score: ended.deficit,
        tokens: this.#text.tokenCount(ended.word),
      };
    }
    return words;
  }

  #accept(): void {
    const top = argmax(this.#logProbs, this.#row, this.#width);
    this.#free = this.#logProbs[this.#row + top]!;
    const least = this.#best - this.#options.beam;
    const last = this.#openGaps(least);
    this.#best = IMPOSSIBLE;
    // backwards, because what a place is reached from lies before it
    for (let word = last; word >= this.#first; word -= 1) {
      this.#alive[word] = Math.max(this.#passWord(word, least), this.#passGap(word, least));
      this.#best = Math.max(this.#best, this.#alive[word]!);
    }
    for (let word = this.#first; word < last; word += 1) this.#forgetEnds(word);
    this.#last = last;
    while (this.#first < last && this.#alive[this.#first] === IMPOSSIBLE) this.#first += 1;
    while (this.#last > this.#first && this.#alive[this.#last] === IMPOSSIBLE) this.#last -= 1;
    this.#step += 1;
  }

  /** The gap before `word`. */
  #gap(word: number): number {
    return this.#text.states + word;
  }

  /** What `token` adds to a score. */
  #emit(token: number): number {
    return this.#logProbs[this.#row + token]! - this.#free;
  }

  /**
   * Records the words that end, and leaves out words: a gap may become that of a later word. Returns the last word that
   * may begin or go on.
   */
  #openGaps(least: number): number {
    const { skipPenalty, skipWordPenalty } = this.#options;
    const { score, link } = this.#paths;
    let skipped = IMPOSSIBLE;
    let skippedLink: number = WordLinks.EMPTY;
    let word = this.#first;
    for (; word <= this.#text.size; word += 1) {
      const way = word > this.#first ? this.#recordEnds(word - 1, least) : NONE;
      skipped -= skipWordPenalty;
      if (word > this.#last && way === NONE && !(skipped > IMPOSSIBLE && skipped >= least)) break;
      const gap = this.#gap(word);
      if (skipped > score[gap]!) this.#paths.set(gap, skippedLink, skipped);
      const ended = way === NONE ? IMPOSSIBLE : score[this.#text.lastState(way)]!;
      const opened = Math.max(ended, score[gap]!) - skipPenalty;
      if (opened <= skipped) continue;
      skipped = opened;
      skippedLink = ended > score[gap]! ? this.#ended[way]! : link[gap]!;
    }
    return word - 1;
  }

  /** Records the ways of a word that are at their end; returns the best, or -1. */
  #recordEnds(word: number, least: number): number {
    const { firstWay } = this.#text;
    const { score, link, links, start, entry } = this.#paths;
    for (let way = firstWay[word]!; way < firstWay[word + 1]!; way += 1) {
      const state = this.#text.lastState(way);
      if (score[state]! < least || score[state] === IMPOSSIBLE) continue;
      const ended = links.add(link[state]!);
      links.word[ended] = way;
      links.start[ended] = start[state]!;
      links.end[ended] = this.#step - 1;
      links.deficit[ended] = score[state]! - entry[state]!;
      this.#ended[way] = ended;
    }
    return this.#bestEnd(word + 1);
  }

  #forgetEnds(word: number): void {
    for (let way = this.#text.firstWay[word]!; way < this.#text.firstWay[word + 1]!; way += 1) {
      this.#paths.links.release(this.#ended[way]!);
      this.#ended[way] = WordLinks.EMPTY;
    }
  }

  /** The best way to end the word before `word`, unless with `butToken`; -1: there is none. */
  #bestEnd(word: number, butToken = NONE): number {
    if (word === 0) return NONE;
    const { score } = this.#paths;
    let best = NONE;
    for (let way = this.#text.firstWay[word - 1]!; way < this.#text.firstWay[word]!; way += 1) {
      if (this.#ended[way] === WordLinks.EMPTY) continue;
      const state = this.#text.lastState(way);
      if (this.#text.token[state] === butToken) continue;
      if (best === NONE || score[state]! > score[this.#text.lastState(best)]!) best = way;
    }
    return best;
  }

  /** Takes the step in the gap before `word`; returns the score there. */
  #passGap(word: number, least: number): number {
    const { score } = this.#paths;
    const gap = this.#gap(word);
    const way = this.#bestEnd(word);
    const filler = Math.max(this.#emit(this.#blank), -this.#options.fillerPenalty);
    const ended = way === NONE ? IMPOSSIBLE : score[this.#text.lastState(way)]!;
    if (ended > score[gap]!) this.#paths.set(gap, this.#ended[way]!, ended + filler);
    else score[gap]! += filler;
    return this.#pruned(gap, least);
  }

  /** Takes the step within `word`; returns the best score there. */
  #passWord(word: number, least: number): number {
    if (word === this.#text.size) return IMPOSSIBLE;
    let best = IMPOSSIBLE;
    for (let way = this.#text.firstWay[word]!; way < this.#text.firstWay[word + 1]!; way += 1) {
      const first = this.#text.firstState[way]!;
      for (let state = this.#text.lastState(way); state > first; state -= 1) {
        this.#passState(state, state - first);
        best = Math.max(best, this.#pruned(state, least));
      }
      this.#enterWay(word, first);
      best = Math.max(best, this.#pruned(first, least));
    }
    return best;
  }

  /** @param offset of the state in its way: even ones are tokens */
  #passState(state: number, offset: number): void {
    const { score } = this.#paths;
    const { token } = this.#text;
    let from = score[state - 1]! > score[state]! ? state - 1 : state;
    const mayFollow = offset % 2 === 0 && token[state - 2] !== token[state];
    if (mayFollow && score[state - 2]! > score[from]!) from = state - 2;
    this.#paths.follow(state, from, score[from]! + this.#emit(token[state]!));
  }

  /** Into the first state of a way of `word`, from the gap or from the word before. */
  #enterWay(word: number, state: number): void {
    const { score, link, start, entry } = this.#paths;
    const token = this.#text.token[state]!;
    const way = this.#bestEnd(word, token);
    const gap = this.#gap(word);
    const ended = way === NONE ? IMPOSSIBLE : score[this.#text.lastState(way)]!;
    const before = Math.max(ended, score[gap]!);
    if (before > score[state]!) {
      this.#paths.set(
        state,
        ended > score[gap]! ? this.#ended[way]! : link[gap]!,
        before + this.#emit(token),
      );
      start[state] = this.#step;
      entry[state] = before;
    } else score[state]! += this.#emit(token);
  }

  #pruned(place: number, least: number): number {
    const { score } = this.#paths;
    if (score[place]! < least) this.#paths.clear(place);
    return score[place]!;
  }
}
