import { LetterRows } from './letter-rows.ts';
import type { LexiconBeam } from './lexicon-beam.ts';
import { SpellingColumns } from './spelling-columns.ts';
import { SpellingSums } from './spelling-sums.ts';
import type { UnknownWordOptions } from './unknown-words.ts';
import { WordLinks } from './word-links.ts';
import type { WordSpellings } from './word-spellings.ts';

/** The last letter of a word may come so many steps before its last phoneme begins, … */
const EARLY_STEPS = 8;
/** … and so many behind; so long the word waits to be judged by its letters. */
const LATE_STEPS = 4;
/** Steps that are remembered: what is spelled over a longer time, pauses included, is not looked for. */
const REACH_STEPS = 512;
const MOST_TOKENS = 64;
/** Natural log that stands for a probability which came to zero in floating point. */
const IMPOSSIBLE = Math.log(Number.MIN_VALUE);

export interface SpellingOptions {
  /** Factor on the natural-log probabilities of spellings. */
  readonly weight: number;
  /** Natural log that each letter gains: a CTC model is too sure of its blanks. */
  readonly letterBonus: number;
  /** When letters spell a word that the lexicon lacks; never without it. */
  readonly unknownWords?: UnknownWordOptions | undefined;
}

/** How the words of a search are spelled. */
export interface Spellings {
  readonly words: WordSpellings;
  /** The text of a word by its number. */
  readonly textOf: (word: number) => string;
}

/**
 * What a second head of the model, which spells, says about the words that a search finds with a first one. A word adds
 * what it changes in the probability that what is heard begins with the letters of the hypothesis, summed over all
 * their alignments (the CTC prefix probability, as in Hori, Watanabe & Hershey 2017, "Joint CTC/attention decoding for
 * end-to-end speech recognition", section 3.3); at the end the beginning must be the whole. The sums of a word go over the
 * steps in which it may have been spelled, which its phonemes tell, and are made once for all hypotheses that share it, when
 * its letters must be there: `LATE_STEPS` after its last phoneme began.
 *
 * Creates no objects in the steady state.
 */
export class SpellingEvidence {
  readonly #links: WordLinks;
  readonly #spellings: Spellings;
  readonly #options: SpellingOptions;
  readonly rows: LetterRows;
  readonly #sums: SpellingSums;
  readonly #columns = new SpellingColumns(EARLY_STEPS + LATE_STEPS + 1);
  readonly #tokens = new Int32Array(MOST_TOKENS);

  constructor(links: WordLinks, spellings: Spellings, options: SpellingOptions) {
    const { tokens } = spellings.words;
    this.#links = links;
    this.#spellings = spellings;
    this.#options = options;
    this.rows = new LetterRows(tokens.size, REACH_STEPS);
    this.#sums = new SpellingSums(this.rows, tokens.blank);
  }

  clear(): void {
    this.rows.clear();
    this.#columns.clear();
  }

  /** Takes the row of log-probs that begins at `offset`. */
  accept(logProbs: Float32Array, offset: number): void {
    this.rows.accept(logProbs, offset);
  }

  /** Adds to the scores of a beam what the words say that are due after the last row. Returns whether there was one. */
  addTo(beam: LexiconBeam): boolean {
    const { end, previous } = this.#links;
    const due = this.#latestDue;
    let any = false;
    for (let entry = 0; entry < beam.size; entry += 1) {
      let link = beam.link[entry]!;
      while (link !== WordLinks.EMPTY && end[link]! > due) link = previous[link]!;
      if (link === WordLinks.EMPTY || end[link] !== due) continue;
      this.#judgeOnce(link);
      beam.score[entry]! += this.#columns.gain[link]!;
      any = true;
    }
    return any;
  }

  /** At the end: what the words up to `link` say that were not due, and that no letters follow them. */
  ending(link: number): number {
    let gain = 0;
    for (let at = link; at !== WordLinks.EMPTY; at = this.#links.previous[at]!) {
      if (this.#links.end[at]! <= this.#latestDue) break;
      this.#judgeOnce(at);
      gain += this.#columns.gain[at]!;
    }
    this.#sums.begin(this.#columns, link, this.rows.steps - 1);
    const prefix = link === WordLinks.EMPTY ? 0 : this.#columns.prefix[link]!;
    return gain + this.#options.weight * (Math.max(IMPOSSIBLE, this.#sums.whole()) - prefix);
  }

  /** Words that ended at this step, or before it, are judged. */
  get #latestDue(): number {
    return this.rows.steps - 1 - LATE_STEPS;
  }

  /** Puts what the letters of a word say into `gain` of its columns, unless it is there; they may be other arrays then. */
  #judgeOnce(link: number): void {
    const columns = this.#columns;
    columns.admit(link);
    if (columns.end[link] !== this.#links.end[link]) this.#judge(link);
  }

  #judge(link: number): void {
    const { weight, letterBonus } = this.#options;
    const columns = this.#columns;
    const sums = this.#sums;
    const before = this.#links.previous[link]!;
    // at the end several may be due at once
    if (before !== WordLinks.EMPTY) this.#judgeOnce(before);
    const end = this.#links.end[link]!;
    const prefix = before === WordLinks.EMPTY ? 0 : columns.prefix[before]!;
    sums.begin(columns, before, Math.min(this.rows.steps - 1, end + LATE_STEPS));
    const letters = this.#spell(this.#links.word[link]!, before === WordLinks.EMPTY);
    columns.end[link] = end;
    columns.prefix[link] = letters === 0 ? prefix : sums.scale + Math.max(IMPOSSIBLE, Math.log(sums.entered));
    columns.gain[link] = weight * (columns.prefix[link]! - prefix + letterBonus * letters);
    if (letters > 0 && sums.keep(columns, link, end - EARLY_STEPS)) return;
    // what can not be spelled may have been any letters: what follows is judged by itself
    sums.restart(columns.prefix[link]!);
    sums.keep(columns, link, sums.to);
  }

  /** Returns how many tokens came; 0: the head can not spell the word. */
  #spell(word: number, isFirst: boolean): number {
    const { words, textOf } = this.#spellings;
    const count = words.read(word, textOf, this.#tokens);
    // nothing stands between the first word and what was before it
    const first = isFirst && this.#tokens[0] === words.separator ? 1 : 0;
    for (let i = first; i < count; i += 1) this.#sums.spell(this.#tokens[i]!);
    return Math.max(0, count - first);
  }
}
