import type { ReadableText } from './readable/readable-text.ts';

/** Why a segment ended: an endpoint rule, a flush by the client, other settings, or the end of the stream. */
export type FinalReason = 'endpoint' | 'max-length' | 'flush' | 'configure' | 'end';

/** Times are seconds of stream audio, from the first sample that the stream accepted. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** 0 to 1 */
  readonly confidence: number;
}

export interface SpeechStart {
  readonly type: 'speech-start';
  readonly time: number;
}

export interface Partial {
  readonly type: 'partial';
  /** Counts from 0 within a stream. */
  readonly segment: number;
  readonly text: string;
  /** The leading part of `text` that will not change any more; within a segment it only ever grows. */
  readonly stable: string;
  readonly start: number;
  readonly end: number;
  readonly words?: readonly Word[];
}

export interface Alternative {
  readonly text: string;
  readonly words: readonly Word[];
  readonly confidence: number;
}

/** A part of a command that varies: which lamp, which colour. */
export interface IntentSlot {
  readonly name: string;
  readonly value: string | number | boolean;
  /** The words as they were said; empty when the grammar has set the value. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What a grammar has understood. */
export interface Intent {
  readonly name: string;
  /** The grammar that the intent is from. */
  readonly grammar?: string;
  readonly slots: readonly IntentSlot[];
}

export interface Final {
  readonly type: 'final';
  readonly segment: number;
  readonly text: string;
  readonly words: readonly Word[];
  readonly confidence: number;
  readonly start: number;
  readonly end: number;
  readonly reason: FinalReason;
  /** `text` as people write it, and how it comes from `words`; there when the stream asks for it. */
  readonly readable?: ReadableText;
  readonly alternatives?: readonly Alternative[];
  /** There when the segment was a command of the grammar in force. */
  readonly intent?: Intent;
  /**
   * There when a stream that listens for commands heard speech that is none: it sounds like no sentence of the grammars,
   * or like one that breaks off. `text` is empty then.
   */
  readonly refusal?: 'unlikely' | 'incomplete';
}

export interface SpeechEnd {
  readonly type: 'speech-end';
  readonly time: number;
}

/** A wake phrase was heard. From its end on the stream listens for what its task says; a final follows. */
export interface Wake {
  readonly type: 'wake';
  /** As the task wrote it. */
  readonly phrase: string;
  /** End of the phrase. */
  readonly time: number;
  /** 0 to 1 */
  readonly confidence: number;
}

export type TranscriptEvent = Wake | SpeechStart | Partial | Final | SpeechEnd;
