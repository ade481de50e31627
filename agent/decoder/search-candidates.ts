import { doubled } from './typed-array.ts';

const INITIAL_CAPACITY = 1024;
const NO_WORD = -1;

/**
 * What a step of the search makes of the beam, before the best of it becomes the next beam. A candidate is known by
 * its language-model state and its place in the lexicon tree: nothing that follows tells two apart that have both in
 * common, so only the better of them is kept (recombination). Memory grows to what the fullest step needs.
 */
export class SearchCandidates {
  size = 0;
  score = new Float64Array(INITIAL_CAPACITY);
  state = new Int32Array(INITIAL_CAPACITY);
  /** Place in the tree, as the search encodes it. */
  place = new Int32Array(INITIAL_CAPACITY);
  /** Beam entry that it comes from. */
  entry = new Int32Array(INITIAL_CAPACITY);
  /** Word of the lexicon that ends with it, or -1. */
  word = new Int32Array(INITIAL_CAPACITY);
  /** The candidates kept by `select`, in no order but for the first, which is the best. */
  order = new Int32Array(INITIAL_CAPACITY);
  /** Below this nothing needs to be offered: the best so far and the width of the beam. */
  floor = Number.NEGATIVE_INFINITY;
  /**
   * The score of what the next `offer` brings, `[1]`. It is no argument: V8 allocates for a number with a fraction that goes to
   * a function.
   */
  readonly offered = new Float64Array(1);
  readonly #beamMinLogProb: number;
  /** Open addressing; a slot is empty unless its stamp is that of the step. */
  #slots = new Int32Array(2 * INITIAL_CAPACITY);
  #stamps = new Int32Array(2 * INITIAL_CAPACITY);
  #stamp = 0;
  #best = Number.NEGATIVE_INFINITY;

  /** @param beamMinLogProb candidates this far below the best are dropped */
  constructor(beamMinLogProb: number) {
    this.#beamMinLogProb = beamMinLogProb;
  }

  clear(): void {
    this.size = 0;
    this.floor = Number.NEGATIVE_INFINITY;
    this.#best = Number.NEGATIVE_INFINITY;
    this.#stamp = (this.#stamp + 1) | 0;
  }

  /**
   * A hypothesis with the score `offered`: the candidate of a state and a place, unless that is better already.
   * @param entry of the beam that it comes from
   * @param word that ends with it; -1: none
   */
  offer(state: number, place: number, entry: number, word = NO_WORD): void {
    const score = this.offered[0]!;
    if (score < this.floor || score === Number.NEGATIVE_INFINITY) return;
    const at = this.#find(state, place);
    if (score <= this.score[at]!) return;
    this.score[at] = score;
    this.entry[at] = entry;
    this.word[at] = word;
    if (score <= this.#best) return;
    this.#best = score;
    this.floor = score + this.#beamMinLogProb;
  }

  /** The candidate of a state and a place; a new one has the score -Infinity. */
  #find(state: number, place: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#firstSlot(state, place);
    while (this.#stamps[slot] === this.#stamp) {
      const at = this.#slots[slot]!;
      if (this.place[at] === place && this.state[at] === state) return at;
      slot = (slot + 1) & mask;
    }
    if (this.size === this.score.length) {
      this.#grow();
      return this.#find(state, place);
    }
    const at = this.size;
    this.size += 1;
    this.#slots[slot] = at;
    this.#stamps[slot] = this.#stamp;
    this.state[at] = state;
    this.place[at] = place;
    this.score[at] = Number.NEGATIVE_INFINITY;
    return at;
  }

  /** Puts at most `width` of the best into `order`, the best first; returns how many. */
  select(width: number): number {
    let count = 0;
    for (let at = 0; at < this.size; at += 1) {
      if (this.score[at]! < this.floor) continue;
      this.order[count] = at;
      count += 1;
    }
    if (count > width) this.#partition(count, width);
    const kept = Math.min(count, width);
    this.#bestFirst(kept);
    return kept;
  }

  /** Moves the `width` best of the first `count` of `order` to the front (quickselect, Hoare 1961). */
  #partition(count: number, width: number): void {
    const { order, score } = this;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const pivot = score[order[(low + high) >>> 1]!]!;
      let i = low;
      let j = high;
      while (i <= j) {
        while (score[order[i]!]! > pivot) i += 1;
        while (score[order[j]!]! < pivot) j -= 1;
        if (i > j) break;
        const swapped = order[i]!;
        order[i] = order[j]!;
        order[j] = swapped;
        i += 1;
        j -= 1;
      }
      if (width - 1 <= j) high = j;
      else if (width - 1 >= i) low = i;
      else return;
    }
  }

  #bestFirst(count: number): void {
    const { order, score } = this;
    let best = 0;
    for (let i = 1; i < count; i += 1) if (score[order[i]!]! > score[order[best]!]!) best = i;
    const first = order[0]!;
    order[0] = order[best]!;
    order[best] = first;
  }

  #firstSlot(state: number, place: number): number {
    const hash = Math.imul(state, 0x9e3779b1) ^ Math.imul(place, 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & (this.#slots.length - 1);
  }

  #grow(): void {
    this.score = doubled(this.score);
    this.state = doubled(this.state);
    this.place = doubled(this.place);
    this.entry = doubled(this.entry);
    this.word = doubled(this.word);
    this.order = doubled(this.order);
    this.#slots = new Int32Array(2 * this.score.length);
    this.#stamps = new Int32Array(2 * this.score.length).fill(this.#stamp - 1);
    const mask = this.#slots.length - 1;
    for (let at = 0; at < this.size; at += 1) {
      let slot = this.#firstSlot(this.state[at]!, this.place[at]!);
      while (this.#stamps[slot] === this.#stamp) slot = (slot + 1) & mask;
      this.#slots[slot] = at;
      this.#stamps[slot] = this.#stamp;
    }
  }
}
