import type { LetterRows } from './letter-rows.ts';
import type { SpellingColumns } from './spelling-columns.ts';
import { WordLinks } from './word-links.ts';

/** The step before the first. */
const BEFORE = -1;
const NO_TOKEN = -1;

/**
 * The forward sums of CTC (Graves et al. 2006, "Connectionist temporal classification", section 4.1) over a window of
 * steps, for a spelling that grows by a token at a time: for each step the probability of all alignments that have spelled
 * it by then, those that end in its last token and those that end in a blank apart.
 */
export class SpellingSums {
  /** First and last step of the window; -1 is before the first row. */
  from = BEFORE;
  to = BEFORE;
  /** The last token of the spelling; -1: there is none. */
  token = NO_TOKEN;
  /** Natural log of a factor on all sums. */
  scale = 0;
  /** Probability, without that factor, that what is heard begins with the spelling; only after a token has come. */
  entered = 0;
  readonly #rows: LetterRows;
  readonly #blankToken: number;
  /** By step of the window. */
  readonly #spelled: [Float64Array, Float64Array];
  readonly #blank: [Float64Array, Float64Array];
  /** Which of the two holds the spelling as it is. */
  #now: 0 | 1 = 0;

  constructor(rows: LetterRows, blankToken: number) {
    this.#rows = rows;
    this.#blankToken = blankToken;
    const array = () => new Float64Array(rows.reach + 1);
    this.#spelled = [array(), array()];
    this.#blank = [array(), array()];
  }

  /** Begins with the words up to `link`, and a window from their sums to step `to`. */
  begin(columns: SpellingColumns, link: number, to: number): void {
    const { firstStep } = this.#rows;
    const start = link === WordLinks.EMPTY ? BEFORE : columns.from[link]!;
    this.from = firstStep === 0 ? start : Math.max(start, firstStep);
    this.to = to;
    this.token = link === WordLinks.EMPTY ? NO_TOKEN : columns.token[link]!;
    this.scale = link === WordLinks.EMPTY ? 0 : columns.scale[link]!;
    const known = link === WordLinks.EMPTY ? this.#certain() : this.#copy(columns, link);
    this.#extend(known);
  }

  /** Adds a token to the spelling. */
  spell(token: number): void {
    const { probabilities } = this.#rows;
    const spelled = this.#spelled[this.#now];
    const blank = this.#blank[this.#now];
    this.#now = this.#now === 0 ? 1 : 0;
    const newSpelled = this.#spelled[this.#now];
    const newBlank = this.#blank[this.#now];
    // two equal tokens have a blank between them
    const direct = token === this.token ? 0 : 1;
    newSpelled[0] = 0;
    newBlank[0] = 0;
    let entered = 0;
    for (let i = 1; i <= this.to - this.from; i += 1) {
      const row = this.#rows.at(this.from + i);
      const probability = probabilities[row + token]!;
      const enters = (blank[i - 1]! + direct * spelled[i - 1]!) * probability;
      entered += enters;
      newSpelled[i] = newSpelled[i - 1]! * probability + enters;
      newBlank[i] = (newSpelled[i - 1]! + newBlank[i - 1]!) * probabilities[row + this.#blankToken]!;
    }
    this.token = token;
    this.entered = entered;
  }

  /** Keeps the sums from step `from` on as those of `link`, the largest being 1. Returns false when all are zero. */
  keep(columns: SpellingColumns, link: number, from: number): boolean {
    const spelled = this.#spelled[this.#now];
    const blank = this.#blank[this.#now];
    const first = Math.max(from, this.from) - this.from;
    const last = this.to - this.from;
    let largest = 0;
    for (let i = first; i <= last; i += 1) largest = Math.max(largest, spelled[i]!, blank[i]!);
    if (largest === 0) return false;
    const target = link * columns.span - first;
    for (let i = first; i <= last; i += 1) {
      columns.spelled[target + i] = spelled[i]! / largest;
      columns.blank[target + i] = blank[i]! / largest;
    }
    columns.from[link] = this.from + first;
    columns.to[link] = this.to;
    columns.token[link] = this.token;
    columns.scale[link] = this.scale + Math.log(largest);
    return true;
  }

  /** From the last step of the window on anything may follow; `scale` is natural log of the probability of what was before. */
  restart(scale: number): void {
    this.from = this.to;
    this.token = NO_TOKEN;
    this.scale = scale;
    this.#certain();
  }

  /** Natural log of the probability of all alignments that end in the last step, with the factor. */
  whole(): number {
    const last = this.to - this.from;
    return this.scale + Math.log(this.#spelled[this.#now][last]! + this.#blank[this.#now][last]!);
  }

  /** At the first step of the window the spelling is certain, and so far no sound follows it. */
  #certain(): number {
    this.#spelled[this.#now][0] = 0;
    this.#blank[this.#now][0] = 1;
    return 1;
  }

  /** Returns how many steps of the window have their sums. */
  #copy(columns: SpellingColumns, link: number): number {
    const known = Math.min(columns.to[link]!, this.to) - this.from + 1;
    // the pause before it is longer than the rows that are remembered
    if (known <= 0) return this.#certain();
    const source = link * columns.span + this.from - columns.from[link]!;
    for (let i = 0; i < known; i += 1) {
      this.#spelled[this.#now][i] = columns.spelled[source + i]!;
      this.#blank[this.#now][i] = columns.blank[source + i]!;
    }
    return known;
  }

  /** The sums of the steps from number `known` of the window on: nothing but blanks and the last token again. */
  #extend(known: number): void {
    const { probabilities } = this.#rows;
    const spelled = this.#spelled[this.#now];
    const blank = this.#blank[this.#now];
    for (let i = known; i <= this.to - this.from; i += 1) {
      const row = this.#rows.at(this.from + i);
      const repeated = this.token === NO_TOKEN ? 0 : probabilities[row + this.token]!;
      spelled[i] = spelled[i - 1]! * repeated;
      blank[i] = (spelled[i - 1]! + blank[i - 1]!) * probabilities[row + this.#blankToken]!;
    }
  }
}
