import { doubled } from './typed-array.ts';

export const INITIAL_CAPACITY = 256;

/**
 * Linked lists from the last entry back, in pooled typed arrays. Lists share the entries of what they have in common;
 * an entry lives as long as something refers to it. What an entry holds beside `previous` are columns of the subclass.
 */
export abstract class LinkedPool {
  /** The list of nothing. */
  static readonly EMPTY = -1;

  /** The entry before. */
  previous = new Int32Array(INITIAL_CAPACITY);
  #references = new Int32Array(INITIAL_CAPACITY);
  /** Head of the list of free entries, linked through `previous`. */
  #free = LinkedPool.EMPTY;
  #used = 0;

  /** Doubles the room of the columns. */
  protected abstract growColumns(): void;

  /** Forgets everything; keeps the memory. */
  clear(): void {
    this.#free = LinkedPool.EMPTY;
    this.#used = 0;
  }

  /** Entries in use, for the test that none leaks. */
  get size(): number {
    let free = 0;
    for (let at = this.#free; at !== LinkedPool.EMPTY; at = this.previous[at]!) free += 1;
    return this.#used - free;
  }

  /** A new entry behind `previous`, referred to once; its columns still hold what an entry before it had. */
  protected addAfter(previous: number): number {
    const at = this.#take();
    this.previous[at] = previous;
    this.#references[at] = 1;
    if (previous !== LinkedPool.EMPTY) this.#references[previous]! += 1;
    return at;
  }

  /** Refers to `entry` once more, and returns it. */
  retain(entry: number): number {
    if (entry !== LinkedPool.EMPTY) this.#references[entry]! += 1;
    return entry;
  }

  /** Refers to `entry` once less. */
  release(entry: number): void {
    let at = entry;
    while (at !== LinkedPool.EMPTY) {
      const left = this.#references[at]! - 1;
      this.#references[at] = left;
      if (left > 0) return;
      const previous = this.previous[at]!;
      this.previous[at] = this.#free;
      this.#free = at;
      at = previous;
    }
  }

  #take(): number {
    if (this.#free !== LinkedPool.EMPTY) {
      const at = this.#free;
      this.#free = this.previous[at]!;
      return at;
    }
    if (this.#used === this.previous.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #grow(): void {
    this.previous = doubled(this.previous);
    this.#references = doubled(this.#references);
    this.growColumns();
  }
}
