import type { LexiconBeam } from './lexicon-beam.ts';
import { doubled } from './typed-array.ts';
import type { WordLinks } from './word-links.ts';

/** Hypotheses this far below the best (natural log) have no say. */
const NEGLIGIBLE = -20;

export interface AgreementOptions {
  /**
   * Age in steps at which the words of the best hypothesis become stable: hypotheses without them are dropped.
   * Infinity: not by age.
   */
  readonly stableAfterSteps: number;
  /**
   * Share of the beam's probability with which words become stable before that age, 0.5 to 1: hypotheses without them are
   * dropped. 1: only when all hypotheses share them.
   */
  readonly stableCertainty: number;
  /** Age in steps from which on that certainty counts: before it too much of what is said next may change a word. */
  readonly certainAfterSteps: number;
}

/**
 * Which leading words all hypotheses of a beam share. Whatever wins later extends a hypothesis that is alive now:
 * what all share is stable. Two hypotheses that differ in one early word may both live long after it, since nothing
 * that follows changes which of them is the better; age puts an end to that, and certainty an earlier one: what nearly all
 * of the probability agrees on hardly ever changes.
 */
export class WordAgreement {
  /** By beam entry: leading words that it shares with the best. */
  readonly words: Int32Array;
  /** How many leading words of the best are stable. */
  stable = 0;
  readonly #options: AgreementOptions;
  /** Links of the best's words; those of stable words are not kept up. */
  #chain = new Int32Array(64);
  /** By number of shared words: probability of the hypotheses that share so many, that of the best being 1. */
  #weight = new Float64Array(64);

  constructor(width: number, options: AgreementOptions) {
    this.words = new Int32Array(width);
    this.#options = options;
  }

  clear(): void {
    this.stable = 0;
  }

  /**
   * Looks at a beam after step `step`. Returns how many leading words a hypothesis must share with the best to stay:
   * those that are old or certain enough, the last `undecided` left out.
   */
  update(beam: LexiconBeam, links: WordLinks, step: number, undecided: number): number {
    const length = this.#readChain(links, beam.link[0]!);
    for (let entry = 0; entry < beam.size; entry += 1) {
      this.words[entry] = this.#shared(links, beam.link[entry]!, length);
    }
    const { stableAfterSteps, certainAfterSteps } = this.#options;
    const decided = Math.max(this.stable, length - undecided);
    const old = this.#endedBy(links, length, step - stableAfterSteps);
    const certain = this.#certain(beam, length, this.#endedBy(links, length, step - certainAfterSteps));
    const settled = Math.min(decided, Math.max(old, certain));
    let common = length;
    for (let entry = 0; entry < beam.size; entry += 1) {
      const shared = this.words[entry]!;
      if (shared >= settled && shared < common) common = shared;
    }
    this.stable = common;
    return settled;
  }

  /** How many leading words ended at a step or before it. */
  #endedBy(links: WordLinks, length: number, step: number): number {
    let ended = length;
    while (ended > this.stable && links.end[this.#chain[ended - 1]!]! > step) ended -= 1;
    return ended;
  }

  /** How many leading words, `most` at most, the hypotheses that share them are certain of together. */
  #certain(beam: LexiconBeam, length: number, most: number): number {
    const { stableCertainty } = this.#options;
    if (stableCertainty === 1 || most === this.stable) return this.stable;
    const weight = this.#weight.fill(0, this.stable, length + 1);
    let total = 0;
    for (let entry = 0; entry < beam.size; entry += 1) {
      const behind = beam.score[entry]! - beam.score[0]!;
      if (behind < NEGLIGIBLE) continue;
      const probability = Math.exp(behind);
      weight[this.words[entry]!]! += probability;
      total += probability;
    }
    let certain = length;
    let agreeing = weight[length]!;
    while (certain > this.stable && agreeing < stableCertainty * total) {
      certain -= 1;
      agreeing += weight[certain]!;
    }
    return Math.min(certain, most);
  }

  #readChain(links: WordLinks, last: number): number {
    const length = links.depthOf(last);
    while (length >= this.#chain.length) {
      this.#chain = doubled(this.#chain);
      this.#weight = doubled(this.#weight);
    }
    let link = last;
    for (let depth = length; depth > this.stable; depth -= 1) {
      this.#chain[depth - 1] = link;
      link = links.previous[link]!;
    }
    return length;
  }

  #shared(links: WordLinks, last: number, length: number): number {
    let link = last;
    let depth = links.depthOf(link);
    for (; depth > length; depth -= 1) link = links.previous[link]!;
    let shared = depth;
    for (; depth > this.stable && link !== this.#chain[depth - 1]; depth -= 1) {
      if (links.word[link] !== links.word[this.#chain[depth - 1]!]) shared = depth - 1;
      link = links.previous[link]!;
    }
    return shared;
  }
}
