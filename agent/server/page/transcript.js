/**
 * @import { Final, Intent, Partial, Readable, Refusal, TranscriptEvent, Word } from './protocol.js'
 *
 * One finished line. Times are seconds of the recording, whatever the number of connections it took. What is no
 * command has a `refusal` and no text; `wake` is the phrase that was said before. A `gap` holds no words of the speaker: its
 * text says how much is missing.
 * @typedef {{ text: string, words: readonly LineWord[], start: number, end: number, confidence: number,
 *   intent?: Intent, refusal?: Refusal, wake?: string, gap?: true }} Line
 *
 * A word as it is shown; `said`: the words that were said, where they are written otherwise.
 * @typedef {Word & { said?: string }} LineWord
 *
 * The line being spoken: `stable` will not change any more, `faint` may.
 * @typedef {{ stable: string, faint: string, words: readonly Word[], start: number, end: number }} LiveLine
 */

/** What has been recognised so far: finished lines and the one being spoken. */
export class Transcript {
  /** @type {Line[]} */
  #lines = [];
  /** @type {LiveLine | undefined} */
  #live;
  #speaking = false;
  /** @type {string | undefined} */
  #awake;
  #generation = 0;
  /** In finished lines; counted along, as a day's transcript is long. */
  #finishedWords = 0;

  /** @returns {readonly Line[]} */
  get lines() {
    return this.#lines;
  }

  get live() {
    return this.#live;
  }

  /** Whether the daemon hears speech at the moment. */
  get speaking() {
    return this.#speaking;
  }

  /** The wake phrase that was heard, until the final of what follows it. */
  get awake() {
    return this.#awake;
  }

  get empty() {
    return this.#lines.length === 0 && this.#live === undefined;
  }

  /** Words on the screen, those of the live line included. */
  get wordCount() {
    const live = this.#live ? countWords(`${this.#live.stable}${this.#live.faint}`) : 0;
    return this.#finishedWords + live;
  }

  /** Changes when lines that were there are no longer there, or others stand before them. */
  get generation() {
    return this.#generation;
  }

  /** Seconds up to which everything is final. */
  get finalEnd() {
    return this.#lines.at(-1)?.end ?? 0;
  }

  /**
   * @param {TranscriptEvent} event
   * @param {number} base seconds of the recording at which the event's stream began
   */
  apply(event, base) {
    if (event.type === 'partial') this.#live = liveLine(event, base);
    else if (event.type === 'final') this.#finish(event, base);
    else if (event.type === 'wake') this.#awake = event.phrase;
    else this.#speaking = event.type === 'speech-start';
  }

  /** Keeps what was on screen when the audio of it is lost and it can never become final. */
  cutLive() {
    const live = this.#live;
    this.#live = undefined;
    this.#speaking = false;
    this.#awake = undefined;
    if (!live) return;
    const text = `${live.stable}${live.faint}`.trim();
    this.#add({ text, words: live.words, start: live.start, end: live.end, confidence: 0 });
  }

  /**
   * Marks sound of which nothing will ever be known.
   * @param {number} start
   * @param {number} end
   */
  addGap(start, end) {
    const text = `[${Math.ceil(end - start)} s missing]`;
    this.#add({ text, words: [], start, end, confidence: 0, gap: true });
  }

  /**
   * Empties the transcript. A line that is being spoken stays.
   * @returns {readonly Line[]} what was there, for `putBack`
   */
  takeAll() {
    const lines = this.#lines;
    this.#lines = [];
    this.#finishedWords = 0;
    this.#generation += 1;
    return lines;
  }

  /** @param {readonly Line[]} lines to stand before the present ones */
  putBack(lines) {
    this.#lines = [...lines, ...this.#lines];
    this.#finishedWords += lines.reduce((count, line) => count + wordsOf(line), 0);
    this.#generation += 1;
  }

  /**
   * @param {Final} event
   * @param {number} base
   */
  #finish(event, base) {
    const wake = this.#awake;
    this.#live = undefined;
    this.#awake = undefined;
    const { confidence, intent, refusal, readable } = event;
    const text = readable?.text ?? event.text;
    if (text.trim() === '' && !refusal) return;
    const words = shiftWords(readable ? readableWords(readable, event.words) : event.words, base);
    const meaning = {
      ...(intent && { intent: shiftSlots(intent, base) }),
      ...(refusal && { refusal }),
      ...(wake && { wake }),
    };
    this.#add({ text, words, confidence, start: event.start + base, end: event.end + base, ...meaning });
  }

  /** @param {Line} line */
  #add(line) {
    this.#lines.push(line);
    this.#finishedWords += wordsOf(line);
  }
}

/** @param {Line} line */
function wordsOf({ text, gap }) {
  return gap ? 0 : countWords(text);
}

/**
 * @param {string} text
 * @returns {number}
 */
function countWords(text) {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

/**
 * @param {Partial} event
 * @param {number} base
 * @returns {LiveLine | undefined}
 */
function liveLine(event, base) {
  if (event.text.trim() === '') return undefined;
  const stable = event.text.startsWith(event.stable) ? event.stable : '';
  return {
    stable,
    faint: event.text.slice(stable.length),
    words: shiftWords(event.words ?? [], base),
    start: event.start + base,
    end: event.end + base,
  };
}

/**
 * What is written as one word is one, as sure as the least sure of those it stands for.
 * @param {Readable} readable
 * @param {readonly Word[]} words that were said
 * @returns {LineWord[]}
 */
function readableWords({ tokens }, words) {
  return tokens.map(({ text, from, to }) => {
    const spoken = words.slice(from, to);
    const said = spoken.map((word) => word.text).join(' ');
    const confidence = Math.min(...spoken.map((word) => word.confidence));
    const times = { start: spoken[0]?.start ?? 0, end: spoken.at(-1)?.end ?? 0 };
    return { text, ...times, confidence, ...(said !== text && { said }) };
  });
}

/**
 * @param {Intent} intent
 * @param {number} base
 * @returns {Intent}
 */
function shiftSlots(intent, base) {
  const slots = intent.slots.map((slot) => ({ ...slot, start: slot.start + base, end: slot.end + base }));
  return { ...intent, slots };
}

/**
 * @param {readonly LineWord[]} words
 * @param {number} base
 * @returns {readonly LineWord[]}
 */
function shiftWords(words, base) {
  return words.map((word) => ({ ...word, start: word.start + base, end: word.end + base }));
}
