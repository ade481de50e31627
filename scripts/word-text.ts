import { WORDS_PER_BLOCK } from '../agent/decoder/sorted-words.ts';

/** Order of UTF-8 bytes, which is that of code points. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The text of `SortedWords`: each word followed by a newline. `words` are sorted by `compareBytes`. */
export function wordText(words: readonly string[]): Buffer {
  return Buffer.from(words.map((word) => `${word}\n`).join(''));
}

/** Fills in where in `text` every `WORDS_PER_BLOCK`th word begins. */
export function writeWordBlocks(text: Uint8Array, blocks: Uint32Array): void {
  let start = 0;
  for (let word = 0; start < text.length; word += 1) {
    if (word % WORDS_PER_BLOCK === 0) blocks[word / WORDS_PER_BLOCK] = start;
    start = text.indexOf(0x0a, start) + 1;
  }
}
