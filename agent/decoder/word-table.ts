import { SPECIAL_WORDS, UNKNOWN_WORD, WORDS_PER_BLOCK } from './ngram-format.ts';

const NEWLINE = 0x0a;
/** Longer words are in no table. */
const MAX_WORD_BYTES = 256;

/**
 * Words by id and ids by word, on the text of all words as it stands in the file: sorted by bytes, each ended by a
 * newline. A word is found by binary search over the blocks and a scan of one of them; nothing is allocated.
 */
export class WordTable {
  readonly #text: Uint8Array;
  readonly #blocks: Uint32Array;
  readonly #size: number;
  readonly #wanted = new Uint8Array(MAX_WORD_BYTES);
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  /** `size` counts the special words, which `text` does not hold. */
  constructor(text: Uint8Array, blocks: Uint32Array, size: number) {
    this.#text = text;
    this.#blocks = blocks;
    this.#size = size;
  }

  /** `UNKNOWN_WORD` for a word that is not there; so also for the special words: nobody says them. */
  id(word: string): number {
    const { read, written } = this.#encoder.encodeInto(word, this.#wanted);
    if (read < word.length || written === 0) return UNKNOWN_WORD;
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#blocks[middle]!, written) <= 0) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? UNKNOWN_WORD : this.#idInBlock(low - 1, written);
  }

  /** The word of an id below the table's size. */
  text(id: number): string {
    const special = SPECIAL_WORDS[id];
    if (special !== undefined) return special;
    const index = id - SPECIAL_WORDS.length;
    let start = this.#blocks[Math.floor(index / WORDS_PER_BLOCK)]!;
    for (let i = index % WORDS_PER_BLOCK; i > 0; i -= 1) start = this.#endOf(start) + 1;
    return this.#decoder.decode(this.#text.slice(start, this.#endOf(start)));
  }

  #idInBlock(block: number, length: number): number {
    const first = SPECIAL_WORDS.length + block * WORDS_PER_BLOCK;
    const end = Math.min(first + WORDS_PER_BLOCK, this.#size);
    let at = this.#blocks[block]!;
    for (let id = first; id < end; id += 1) {
      const order = this.#compare(at, length);
      if (order === 0) return id;
      if (order > 0) break;
      at = this.#endOf(at) + 1;
    }
    return UNKNOWN_WORD;
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
