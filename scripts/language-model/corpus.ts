import {
  SENTENCE_END,
  SENTENCE_START,
  SPECIAL_WORDS,
  UNKNOWN_WORD,
} from '../../agent/decoder/ngram-format.ts';
import { splitWords } from '../../agent/evaluation/text-normalization.ts';

const INITIAL_CAPACITY = 1 << 16;

/** Every word that was read, in the order of first sight, with an id that is replaced when the vocabulary is known. */
export class WordCounter {
  readonly #ids = new Map<string, number>(SPECIAL_WORDS.map((word, id) => [word, id]));
  readonly #words: string[] = [...SPECIAL_WORDS];
  readonly #counts: number[] = SPECIAL_WORDS.map(() => 0);

  /** Counts `word` once. */
  count(word: string): number {
    let id = this.#ids.get(word);
    if (id === undefined) {
      id = this.#words.length;
      this.#ids.set(word, id);
      this.#words.push(word);
      this.#counts.push(0);
    }
    this.#counts[id]! += 1;
    return id;
  }

  /** All words but the special ones, the most frequent first, those of equal count by their letters. */
  byCount(): { word: string; count: number }[] {
    const counted = this.#words.map((word, id) => ({ word, count: this.#counts[id]! }));
    const byWord = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
    return counted.slice(SPECIAL_WORDS.length).sort((a, b) => b.count - a.count || byWord(a.word, b.word));
  }

  /** By id here: id in a vocabulary, `<unk>` for words that it leaves out. */
  idsIn(vocabulary: ReadonlyMap<string, number>): Uint32Array {
    return Uint32Array.from(this.#words, (word) => vocabulary.get(word) ?? UNKNOWN_WORD);
  }
}

/** The sentences of one text as word ids, each between `<s>` and `</s>`. */
export class Corpus {
  #tokens = new Uint32Array(INITIAL_CAPACITY);
  #length = 0;
  sentenceCount = 0;

  /** Words without `<s>` and `</s>`. */
  get wordCount(): number {
    return this.#length - 2 * this.sentenceCount;
  }

  /** Adds a normalised sentence; one without words is left out. */
  add(sentence: string, counter: WordCounter): void {
    const words = splitWords(sentence);
    if (words.length === 0) return;
    this.#reserve(words.length + 2);
    this.#push(SENTENCE_START);
    for (const word of words) this.#push(counter.count(word));
    this.#push(SENTENCE_END);
    this.sentenceCount += 1;
  }

  /** The tokens with other ids. */
  tokens(ids: Uint32Array): Uint32Array {
    return this.#tokens.subarray(0, this.#length).map((id) => ids[id]!);
  }

  #push(id: number): void {
    this.#tokens[this.#length] = id;
    this.#length += 1;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#tokens.length) return;
    const larger = new Uint32Array(2 * (this.#tokens.length + count));
    larger.set(this.#tokens);
    this.#tokens = larger;
  }
}
