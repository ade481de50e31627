import { PhrasePath } from './phrase-path.ts';
import { RecentBest } from './recent-best.ts';
import type { SpokenPhrase } from './wake-phrase.ts';

/** A head of the model: how many log-probs of a row are its own, and which of them is the blank's. */
export interface RowHead {
  readonly size: number;
  readonly blank: number;
}

/** The heads that phrases are looked for in; in a row their log-probs lie side by side. */
export interface PhraseHeads {
  readonly sounds: RowHead;
  /** Null: phrases have no spelling. */
  readonly letters: RowHead | null;
}

/**
 * Sounds and letters of a word are heard at different steps: each counts with its best of so many, the present one
 * included.
 */
export const APART_STEPS = 9;

/** How much a stream sounds like a phrase and, where it has a spelling, is spelled like it. */
export class PhraseEvidence {
  /** Weighted mean of the log-probabilities per token of the best saying and of the spelling. */
  score = Number.NEGATIVE_INFINITY;
  readonly #sayings: readonly PhrasePath[];
  readonly #sounds: RecentBest;
  readonly #letterOffset: number;
  readonly #spelling: PhrasePath | null;
  readonly #letters = new RecentBest(APART_STEPS);
  readonly #spellingWeight: number;

  /** @param spellingWeight 0 to 1: share of the spelling in the score; 0: it does not count */
  constructor({ sayings, spelling }: SpokenPhrase, { sounds, letters }: PhraseHeads, spellingWeight: number) {
    this.#sayings = sayings.map((saying) => new PhrasePath(saying, sounds.blank));
    const isSpelled = spelling !== null && letters !== null && spellingWeight > 0;
    this.#spelling = isSpelled ? new PhrasePath(spelling, letters.blank) : null;
    this.#letterOffset = sounds.size;
    this.#spellingWeight = isSpelled ? spellingWeight : 0;
    this.#sounds = new RecentBest(isSpelled ? APART_STEPS : 1);
  }

  /** Steps since the phrase sounded as in `score`. */
  get age(): number {
    return this.#sounds.age;
  }

  clear(): void {
    for (const path of this.#sayings) path.clear();
    this.#spelling?.clear();
    this.#sounds.clear();
    this.#letters.clear();
    this.score = Number.NEGATIVE_INFINITY;
  }

  /**
   * Takes a row of natural-log probabilities, those of the letters behind those of the sounds.
   * @param soundEntry natural log, at most 0: what it costs a saying to begin here
   * @param letterEntry the same for the spelling
   */
  accept(logProbs: Float32Array, row: number, soundEntry: number, letterEntry: number): void {
    let sound = Number.NEGATIVE_INFINITY;
    for (const path of this.#sayings) sound = Math.max(sound, path.accept(logProbs, row, soundEntry));
    this.#sounds.push(sound);
    this.score = this.#sounds.best;
    if (this.#spelling === null) return;
    this.#letters.push(this.#spelling.accept(logProbs, row + this.#letterOffset, letterEntry));
    const weight = this.#spellingWeight;
    this.score = (1 - weight) * this.#sounds.best + weight * this.#letters.best;
  }
}
