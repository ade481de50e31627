import type { LexiconBeam } from './lexicon-beam.ts';
import type { WordLinks } from './word-links.ts';

/**
 * Which leading words all hypotheses of a beam share. Whatever wins later extends a hypothesis that is alive now:
 * what all share is stable. Two hypotheses that differ in one early word may both live long after it, since nothing
 * that follows changes which of them is the better; `afterSteps` puts an end to that.
 */
export class WordAgreement {
  /** By beam entry: leading words that it shares with the best. */
  readonly words: Int32Array;
  /** How many leading words of the best are stable. */
  stable = 0;
  readonly #afterSteps: number;
  /** Links of the best's words; those of stable words are not kept up. */
  #chain = new Int32Array(64);

  constructor(width: number, afterSteps: number) {
    this.words = new Int32Array(width);
    this.#afterSteps = afterSteps;
  }

  clear(): void {
    this.stable = 0;
  }

  /**
   * Looks at a beam after step `step`. Returns how many leading words a hypothesis must share with the best to stay:
   * those that ended `afterSteps` ago, the last `undecided` left out.
   */
  update(beam: LexiconBeam, links: WordLinks, step: number, undecided: number): number {
    const length = this.#readChain(links, beam.link[0]!);
    let settled = Math.max(this.stable, length - undecided);
    while (settled > this.stable && links.end[this.#chain[settled - 1]!]! > step - this.#afterSteps)
      settled -= 1;
    let common = length;
    for (let entry = 0; entry < beam.size; entry += 1) {
      const shared = this.#shared(links, beam.link[entry]!, length);
      this.words[entry] = shared;
      if (shared >= settled && shared < common) common = shared;
    }
    this.stable = common;
    return settled;
  }

  #readChain(links: WordLinks, last: number): number {
    const length = links.depthOf(last);
    if (length > this.#chain.length) {
      const longer = new Int32Array(2 * length);
      longer.set(this.#chain);
      this.#chain = longer;
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
