import { SPECIAL_WORDS, UNKNOWN_WORD } from './ngram-format.ts';
import { SortedWords } from './sorted-words.ts';

/** Words by id and ids by word: the special words, then those of the file. `id` allocates nothing. */
export class WordTable {
  readonly #words: SortedWords;

  /** `size` counts the special words, which `text` does not hold. */
  constructor(text: Uint8Array, blocks: Uint32Array, size: number) {
    this.#words = new SortedWords(text, blocks, size - SPECIAL_WORDS.length);
  }

  /** `UNKNOWN_WORD` for a word that is not there; so also for the special words: nobody says them. */
  id(word: string): number {
    const index = this.#words.index(word);
    return index < 0 ? UNKNOWN_WORD : index + SPECIAL_WORDS.length;
  }

  /** The word of an id below the table's size. */
  text(id: number): string {
    return SPECIAL_WORDS[id] ?? this.#words.text(id - SPECIAL_WORDS.length);
  }
}
