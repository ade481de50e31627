import { checkDataFile, dataFileError, openDataFile } from './data-file.ts';
import {
  LEXICON_FILE,
  LEXICON_HEADER,
  type LexiconHeader,
  type LexiconSections,
  lexiconFileBytes,
  lexiconSections,
} from './lexicon-format.ts';
import { SortedWords } from './sorted-words.ts';
import type { TokenTable } from './token-table.ts';

/**
 * Words and their pronunciations, on the bytes of the file. Words are numbered from 0 in the order of their UTF-8
 * bytes. Pronunciations are numbered too: those of word `i` are `firstPronunciation[i]` to, without it,
 * `firstPronunciation[i + 1]`, most common first, and pronunciation `p` is `phonemes[phonemeStart[p]]` to, without
 * it, `phonemes[phonemeStart[p + 1]]`. Nothing is kept between calls: all streams share a lexicon, and workers its
 * memory when it lies in a SharedArrayBuffer.
 */
export class Lexicon {
  /** Number of words. */
  readonly size: number;
  readonly pronunciationCount: number;
  /** Names of the phonemes by id, as in the tokens file of the model's phoneme head; the blank has one too. */
  readonly phonemeNames: readonly string[];
  /** `[size + 1]` */
  readonly firstPronunciation: Uint32Array;
  /** `[pronunciationCount + 1]` */
  readonly phonemeStart: Uint32Array;
  /** Ids of phonemes: tokens of the model's phoneme head. */
  readonly phonemes: Uint8Array;
  readonly #words: SortedWords;
  readonly #source: string;

  private constructor(header: LexiconHeader, sections: LexiconSections, source: string) {
    this.size = header.wordCount;
    this.pronunciationCount = header.pronunciationCount;
    this.phonemeNames = namesOf(sections.phonemeNames);
    this.firstPronunciation = sections.firstPronunciation;
    this.phonemeStart = sections.phonemeStart;
    this.phonemes = sections.phonemes;
    this.#words = new SortedWords(sections.wordText, sections.wordBlocks, header.wordCount);
    this.#source = source;
  }

  /**
   * Opens a lexicon; the buffer is used, not copied, and must not change.
   * @param source name of the file, for error messages
   * @throws AgentError LEXICON_INVALID when the file is empty, truncated, damaged or of another kind
   */
  static fromBuffer(buffer: ArrayBufferLike, source = 'lexicon'): Lexicon {
    const view = openDataFile(buffer, LEXICON_FILE, source);
    const field = (offset: number): number => view.getUint32(offset, true);
    const header: LexiconHeader = {
      wordCount: field(LEXICON_HEADER.wordCount),
      pronunciationCount: field(LEXICON_HEADER.pronunciationCount),
      phonemeBytes: field(LEXICON_HEADER.phonemeBytes),
      wordTextBytes: field(LEXICON_HEADER.wordTextBytes),
      phonemeNameBytes: field(LEXICON_HEADER.phonemeNameBytes),
    };
    checkDataFile(view, lexiconFileBytes(header), LEXICON_FILE, source);
    return new Lexicon(header, lexiconSections(buffer, header), source);
  }

  /** Number of a word, spelled as in the lexicon (`normalizeText`); -1: it is not there. Allocates nothing. */
  lookup(word: string): number {
    return this.#words.index(word);
  }

  /** The word of a number below `size`. */
  word(index: number): string {
    return this.#words.text(index);
  }

  /** The pronunciations of a word as lists of phoneme ids, for other than hot paths. */
  pronunciations(index: number): number[][] {
    const lists: number[][] = [];
    for (let p = this.firstPronunciation[index]!; p < this.firstPronunciation[index + 1]!; p += 1) {
      lists.push([...this.phonemes.subarray(this.phonemeStart[p]!, this.phonemeStart[p + 1]!)]);
    }
    return lists;
  }

  /**
   * Checks that phoneme ids are token ids of the model's phoneme head.
   * @throws AgentError LEXICON_INVALID naming the first phoneme that differs
   */
  checkTokens(tokens: TokenTable): void {
    for (const [id, name] of this.phonemeNames.entries()) {
      const token = id < tokens.size ? tokens.token(id) : 'none';
      if (token === name) continue;
      const what = `phoneme ${id} is ${name}, but the model's token ${id} is ${token}. ${LEXICON_FILE.remedy}`;
      throw dataFileError(LEXICON_FILE, this.#source, what);
    }
  }
}

function namesOf(text: Uint8Array): string[] {
  return new TextDecoder().decode(text.slice()).split('\n').slice(0, -1);
}
