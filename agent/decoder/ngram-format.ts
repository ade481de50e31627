import { DATA_FILE, type DataFileKind } from './data-file.ts';
import { WORDS_PER_BLOCK } from './sorted-words.ts';

/**
 * The file of an n-gram model, version 1. All numbers are little-endian; logarithms are natural. After the header
 * come the sections of `NgramSections`, in that order, each beginning at a multiple of 4 bytes, so that the file is
 * used as it lies in memory: nothing is unpacked when it is loaded.
 *
 * The n-grams form a tree: the children of a context (a history that some n-gram continues) are its n-grams, sorted
 * by word. Contexts are numbered by length, then by their words; the empty context is 0. So the children of all
 * contexts, one after the other, are all n-grams of order 2, then 3, and so on.
 *
 * Size: 4 bytes an n-gram of order 2 and up (the word's id and, in the bits that ids leave free, the quantised
 * probability), 12 bytes a context, a quarter byte a possible context, and for each word 4 bytes, its text and a
 * newline.
 */
export const NGRAM_FILE: DataFileKind = {
  magic: 'EARNGRAM',
  version: 1,
  headerBytes: 96,
  name: 'language model',
  code: 'LANGUAGE_MODEL_INVALID',
  remedy: 'Build one with scripts/language-model/build.ts.',
};
export const MAX_NGRAM_ORDER = 8;
/** Ids of the words that every model has; the others follow, sorted by their UTF-8 bytes. */
export const UNKNOWN_WORD = 0;
export const SENTENCE_START = 1;
export const SENTENCE_END = 2;
export const SPECIAL_WORDS = ['<unk>', '<s>', '</s>'] as const;

/** Byte offsets of header fields; uint32 where nothing else is said. */
export const HEADER = {
  ...DATA_FILE,
  order: 20,
  wordCount: 24,
  contextCount: 28,
  wordTextBytes: 32,
  /** float64: the smallest log-probability of order 2 and up, and the distance from one code to the next. */
  lowestLogProb: 40,
  logProbStep: 48,
  /** Number of n-grams of order 1 to `MAX_NGRAM_ORDER`. */
  ngramCounts: 56,
} as const;

/** What the header says. */
export interface NgramHeader {
  readonly order: number;
  /** With the special words. */
  readonly wordCount: number;
  /** With the empty context. */
  readonly contextCount: number;
  readonly wordTextBytes: number;
  readonly lowestLogProb: number;
  readonly logProbStep: number;
  /** By order: `[0]` are the unigrams. */
  readonly ngramCounts: readonly number[];
}

/** The arrays of a model, views into one buffer. */
export interface NgramSections {
  /** `[wordCount]` */
  readonly unigramLogProbs: Float32Array;
  /** `[contextCount + 1]`: where in `entries` the children of a context begin; they end where the next begin. */
  readonly firstChild: Uint32Array;
  /** `[contextCount]`: what the logarithm of a probability gets when the context is shortened. */
  readonly backoffs: Float32Array;
  /** `[contextCount]`: the longest context that ends this one. */
  readonly suffixes: Uint32Array;
  /**
   * A bit for each n-gram that may be a context (all but the longest), unigrams first: whether it is one. The k'th
   * bit that is set belongs to context k, counted from 1.
   */
  readonly contextBits: Uint32Array;
  /** As many as `contextBits`: the bits that are set before. */
  readonly contextRanks: Uint32Array;
  /** N-grams of order 2 and up: the last word's id in the upper bits, the code of the log-probability in the lower. */
  readonly entries: Uint32Array;
  /** Byte offset in `wordText` of every `WORDS_PER_BLOCK`th word after the special ones. */
  readonly wordBlocks: Uint32Array;
  /** UTF-8, each word followed by a newline; the special words are left out. */
  readonly wordText: Uint8Array;
}

/** Bits of an entry that hold the code of the log-probability: those that word ids do not need. */
export function logProbBits(wordCount: number): number {
  return Math.clz32(wordCount - 1);
}

/** Bytes of the whole file. */
export function ngramFileBytes(header: NgramHeader): number {
  const lengths = Object.values(sectionLengths(header));
  return lengths.reduce((bytes, length) => bytes + 4 * length, NGRAM_FILE.headerBytes);
}

/** The sections of a buffer that is at least as long as the header asks for. */
export function ngramSections(buffer: ArrayBufferLike, header: NgramHeader): NgramSections {
  const lengths = sectionLengths(header);
  let at = NGRAM_FILE.headerBytes;
  const take = (length: number): [ArrayBufferLike, number, number] => {
    const start = at;
    at += 4 * length;
    return [buffer, start, length];
  };
  return {
    unigramLogProbs: new Float32Array(...take(lengths.unigramLogProbs)),
    firstChild: new Uint32Array(...take(lengths.firstChild)),
    backoffs: new Float32Array(...take(lengths.backoffs)),
    suffixes: new Uint32Array(...take(lengths.suffixes)),
    contextBits: new Uint32Array(...take(lengths.contextBits)),
    contextRanks: new Uint32Array(...take(lengths.contextRanks)),
    entries: new Uint32Array(...take(lengths.entries)),
    wordBlocks: new Uint32Array(...take(lengths.wordBlocks)),
    wordText: new Uint8Array(buffer, at, header.wordTextBytes),
  };
}

/** In elements of 4 bytes. */
function sectionLengths(header: NgramHeader): Record<keyof NgramSections, number> {
  const { wordCount, contextCount, ngramCounts, order } = header;
  const count = (orders: readonly number[]): number => orders.reduce((sum, each) => sum + each, 0);
  const bitWords = Math.ceil(count(ngramCounts.slice(0, Math.max(1, order - 1))) / 32);
  return {
    unigramLogProbs: wordCount,
    firstChild: contextCount + 1,
    backoffs: contextCount,
    suffixes: contextCount,
    contextBits: bitWords,
    contextRanks: bitWords,
    entries: count(ngramCounts.slice(1)),
    wordBlocks: Math.ceil((wordCount - SPECIAL_WORDS.length) / WORDS_PER_BLOCK),
    wordText: Math.ceil(header.wordTextBytes / 4),
  };
}
