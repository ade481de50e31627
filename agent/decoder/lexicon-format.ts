import { DATA_FILE, type DataFileKind } from './data-file.ts';
import { WORDS_PER_BLOCK } from './sorted-words.ts';

/**
 * The file of a lexicon, version 1. All numbers are little-endian. After the header come the sections of
 * `LexiconSections`, in that order, each beginning at a multiple of 4 bytes, so that the file is used as it lies in
 * memory: nothing is unpacked when it is loaded.
 *
 * Size: about 25 bytes a word of English: 4 for the word and 4 for each of its pronunciations, the text of the word
 * and a newline, and a byte for each phoneme.
 */
export const LEXICON_FILE: DataFileKind = {
  magic: 'EARLEXIC',
  version: 1,
  headerBytes: 64,
  name: 'lexicon',
  code: 'LEXICON_INVALID',
  remedy: 'Build one with scripts/lexicon/build.ts.',
};

/** Byte offsets of header fields: uint32. */
export const LEXICON_HEADER = {
  ...DATA_FILE,
  wordCount: 20,
  pronunciationCount: 24,
  phonemeBytes: 28,
  wordTextBytes: 32,
  phonemeNameBytes: 36,
} as const;

/** What the header says. */
export interface LexiconHeader {
  readonly wordCount: number;
  readonly pronunciationCount: number;
  /** Phonemes of all pronunciations. */
  readonly phonemeBytes: number;
  readonly wordTextBytes: number;
  readonly phonemeNameBytes: number;
}

/** The arrays of a lexicon, views into one buffer. */
export interface LexiconSections {
  /** `[words + 1]`: number of the first pronunciation of each word; they end where those of the next begin. */
  readonly firstPronunciation: Uint32Array;
  /** `[pronunciations + 1]`: where in `phonemes` each begins; it ends where the next begins. */
  readonly phonemeStart: Uint32Array;
  /** Byte offset in `wordText` of every `WORDS_PER_BLOCK`th word. */
  readonly wordBlocks: Uint32Array;
  /** Ids of phonemes. */
  readonly phonemes: Uint8Array;
  /** UTF-8, sorted by bytes, each word followed by a newline. */
  readonly wordText: Uint8Array;
  /** Names of phonemes in the order of their ids from 0, UTF-8, each followed by a newline. */
  readonly phonemeNames: Uint8Array;
}

/** Bytes of the whole file. */
export function lexiconFileBytes(header: LexiconHeader): number {
  return Object.values(sectionBytes(header)).reduce(
    (sum, bytes) => sum + padded(bytes),
    LEXICON_FILE.headerBytes,
  );
}

/** The sections of a buffer that is at least as long as the header asks for. */
export function lexiconSections(buffer: ArrayBufferLike, header: LexiconHeader): LexiconSections {
  const bytes = sectionBytes(header);
  let at = LEXICON_FILE.headerBytes;
  const next = (length: number): number => {
    const start = at;
    at += padded(length);
    return start;
  };
  const words = (length: number): Uint32Array => new Uint32Array(buffer, next(length), length / 4);
  const octets = (length: number): Uint8Array => new Uint8Array(buffer, next(length), length);
  return {
    firstPronunciation: words(bytes.firstPronunciation),
    phonemeStart: words(bytes.phonemeStart),
    wordBlocks: words(bytes.wordBlocks),
    phonemes: octets(bytes.phonemes),
    wordText: octets(bytes.wordText),
    phonemeNames: octets(bytes.phonemeNames),
  };
}

function sectionBytes(header: LexiconHeader): Record<keyof LexiconSections, number> {
  return {
    firstPronunciation: 4 * (header.wordCount + 1),
    phonemeStart: 4 * (header.pronunciationCount + 1),
    wordBlocks: 4 * Math.ceil(header.wordCount / WORDS_PER_BLOCK),
    phonemes: header.phonemeBytes,
    wordText: header.wordTextBytes,
    phonemeNames: header.phonemeNameBytes,
  };
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
