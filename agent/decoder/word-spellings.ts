import type { TokenTable } from './token-table.ts';
import { doubled } from './typed-array.ts';
import { wordCutter } from './word-pieces.ts';

const NOT_YET = -1;

/** Words in tokens of a head that spells. Each is cut when it is first asked for, and kept for all streams. */
export class WordSpellings {
  readonly tokens: TokenTable;
  /** The token between two words; -1: tokens that begin words carry the mark with them. */
  readonly separator: number;
  readonly #cut: (word: string) => readonly number[] | null;
  /** `[words]` Where in `#spelled` the word stands: its length, then its tokens. */
  readonly #at: Int32Array;
  #spelled = new Int32Array(1024);
  #size = 0;

  /** @param words how many words of a lexicon there are */
  constructor(words: number, tokens: TokenTable) {
    this.tokens = tokens;
    this.separator = tokens.separator ?? -1;
    this.#cut = wordCutter(tokens);
    this.#at = new Int32Array(words).fill(NOT_YET);
  }

  /**
   * Writes the tokens of a word to `target`, the mark that begins a word first. Returns how many; 0: the head can not spell
   * it, or `target` has no room for it.
   * @param textOf the text of a number; words without a place in the lexicon are cut anew each time
   */
  read(word: number, textOf: (word: number) => string, target: Int32Array): number {
    if (word >= this.#at.length) return write(this.#cut(textOf(word)) ?? [], target);
    if (this.#at[word] === NOT_YET) this.#keep(word, this.#cut(textOf(word)) ?? []);
    const at = this.#at[word]! + 1;
    const length = this.#spelled[at - 1]!;
    if (length > target.length) return 0;
    for (let i = 0; i < length; i += 1) target[i] = this.#spelled[at + i]!;
    return length;
  }

  #keep(word: number, tokens: readonly number[]): void {
    const end = this.#size + 1 + tokens.length;
    while (end > this.#spelled.length) this.#spelled = doubled(this.#spelled);
    this.#spelled[this.#size] = tokens.length;
    this.#spelled.set(tokens, this.#size + 1);
    this.#at[word] = this.#size;
    this.#size = end;
  }
}

function write(tokens: readonly number[], target: Int32Array): number {
  if (tokens.length > target.length) return 0;
  target.set(tokens);
  return tokens.length;
}
