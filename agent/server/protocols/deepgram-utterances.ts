import type { Final, Partial } from '../../transcript/transcript-event.ts';
import { type DeepgramServerMessage, utteranceEndMessage } from './deepgram-message.ts';

/** So long after a word has begun it is known at the latest, nearly always: before, what was computed proves no silence. */
const LATEST_WORD_SECONDS = 0.7;

/**
 * Finds where an utterance ends: by the gap to the next word, where that is known already, as with audio that comes faster
 * than it was spoken, else by the audio that was computed without one.
 */
export class DeepgramUtterances {
  readonly #silenceSeconds: number;
  /** End of the last word for which no `UtteranceEnd` was sent, in seconds. */
  #lastWordEnd: number | null = null;
  /** End of the last word for which one was sent: results may bring words before it again. */
  #toldEnd = 0;
  /** Somebody speaks, and their words will tell how long the gap before was. */
  #awaitsWords = false;

  constructor(silenceMs: number) {
    this.#silenceSeconds = silenceMs / 1000;
  }

  /** Speech was noticed that begins at `start`. */
  begin(start: number): readonly DeepgramServerMessage[] {
    this.#awaitsWords = true;
    return this.#endBefore(start);
  }

  /** What goes before the result of `event`. */
  hear(event: Partial | Final): readonly DeepgramServerMessage[] {
    const words = event.words ?? [];
    if (words.length > 0 || event.type === 'final') this.#awaitsWords = false;
    const knownEnd = this.#lastWordEnd ?? this.#toldEnd;
    const next = words.find(({ start }) => start >= knownEnd);
    const messages = next === undefined ? [] : this.#endBefore(next.start);
    const last = words.at(-1);
    if (last !== undefined && last.start >= this.#toldEnd) this.#lastWordEnd = last.end;
    return messages;
  }

  /** So much of the stream was computed, and its results were sent. */
  pass(heardSeconds: number): readonly DeepgramServerMessage[] {
    return this.#awaitsWords ? [] : this.#endBefore(heardSeconds - LATEST_WORD_SECONDS);
  }

  /** The stream has ended: no word will come any more. */
  end(audioSeconds: number): readonly DeepgramServerMessage[] {
    return this.#endBefore(audioSeconds);
  }

  /** Nothing was said from the last word to `time`. */
  #endBefore(time: number): readonly DeepgramServerMessage[] {
    const lastWordEnd = this.#lastWordEnd;
    if (lastWordEnd === null || time - lastWordEnd < this.#silenceSeconds) return [];
    this.#toldEnd = lastWordEnd;
    this.#lastWordEnd = null;
    return [utteranceEndMessage(lastWordEnd)];
  }
}
