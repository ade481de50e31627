import type { TextWord } from './text-words.ts';

/** A word of a text with its place in a recording, in seconds. */
export interface TimedWord extends TextWord {
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly confidence: number;
}

/** A word that was not found in the recording. */
export interface MissingWord extends TextWord {
  readonly start: null;
  readonly end: null;
  readonly confidence: 0;
}

/** Something that is said in a recording, and is not in the text. */
export interface UnmatchedSpeech {
  readonly start: number;
  readonly end: number;
  /** Index of the word before which it lies. */
  readonly beforeWord: number;
}

/** A text with its places in a recording. */
export interface TimedText {
  /** In the order of the text. */
  readonly words: readonly (TimedWord | MissingWord)[];
  readonly unmatched: readonly UnmatchedSpeech[];
  /** Length of the recording. */
  readonly seconds: number;
}

export function isTimed(word: TimedWord | MissingWord): word is TimedWord {
  return word.start !== null;
}
