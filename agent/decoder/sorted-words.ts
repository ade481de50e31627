const NEWLINE = 0x0a;
/** Longer words are in no table. */
const MAX_WORD_BYTES = 256;
/** The position of every so many'th word in the text of all words is stored. */
export const WORDS_PER_BLOCK = 16;

/**
 * A set of words on the bytes of a file: UTF-8, sorted by bytes, each word ended by a newline. A word is found by
 * binary search over blocks of words and a scan of one of them. Only `text` allocates.
 */
export class SortedWords {
  /** Number of words. */
  readonly size: number;
  readonly #text: Uint8Array;
  readonly #blocks: Uint32Array;
  readonly #wanted = new Uint8Array(MAX_WORD_BYTES);
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  /** `blocks`: byte offset in `text` of every `WORDS_PER_BLOCK`th word. */
  constructor(text: Uint8Array, blocks: Uint32Array, size: number) {
    this.size = size;
    this.#text = text;
    this.#blocks = blocks;
  }

  /** Position of a word among all, from 0; -1: it is not there. */
  index(word: string): number {
    const { read, written } = this.#encoder.encodeInto(word, this.#wanted);
    if (read < word.length || written === 0) return -1;
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#blocks[middle]!, written) <= 0) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : this.#indexInBlock(low - 1, written);
  }

  /** The word at a position below `size`. */
  text(index: number): string {
    let start = this.#blocks[Math.floor(index / WORDS_PER_BLOCK)]!;
    for (let i = index % WORDS_PER_BLOCK; i > 0; i -= 1) start = this.#endOf(start) + 1;
    return this.#decoder.decode(this.#text.slice(start, this.#endOf(start)));
  }

  #indexInBlock(block: number, length: number): number {
    const first = block * WORDS_PER_BLOCK;
    const end = Math.min(first + WORDS_PER_BLOCK, this.size);
    let at = this.#blocks[block]!;
    for (let index = first; index < end; index += 1) {
      const order = this.#compare(at, length);
      if (order === 0) return index;
      if (order > 0) break;
      at = this.#endOf(at) + 1;
    }
    return -1;
  }

  /** Below, at or above 0: the word at `start` comes before, is, or comes after the wanted one. */
  #compare(start: number, length: number): number {
    for (let i = 0; i < length; i += 1) {
      const byte = this.#text[start + i]!;
      if (byte === NEWLINE) return -1;
      const difference = byte - this.#wanted[i]!;
      if (difference !== 0) return difference;
    }
    return this.#text[start + length] === NEWLINE ? 0 : 1;
  }

  #endOf(start: number): number {
    return this.#text.indexOf(NEWLINE, start);
  }
}
