import { setText } from './dom.js';
import { intentChips } from './intent-chips.js';
import { LineCursor } from './line-cursor.js';
import { clock } from './time-format.js';

/**
 * @import { Word } from './protocol.js'
 * @import { Line, LiveLine, Transcript } from './transcript.js'
 */

/** Words below this confidence are marked. */
const UNSURE = 0.6;

/**
 * A full part is laid out only where it is in sight. Browsers look at each such piece, and at each child of a list, again
 * with every word that comes: parts of a hundred lines leave them little of either, in a transcript of a day too.
 */
const PART_LINES = 100;

/** The transcript as lists of lines; the last line may still be changing. */
export class TranscriptView {
  #list;
  #cursor;
  #shown = 0;
  /** @type {HTMLLIElement | undefined} */
  #live;
  /** @type {readonly Line[]} */
  #lines = [];
  #generation = 0;

  /** @param {HTMLElement} list of the parts */
  constructor(list) {
    this.#list = list;
    this.#cursor = new LineCursor(list);
  }

  /** @param {Transcript} transcript */
  show(transcript) {
    if (transcript.generation !== this.#generation) this.#reset(transcript.generation);
    this.#lines = transcript.lines;
    for (const line of transcript.lines.slice(this.#shown)) this.#finish(line);
    this.#shown = transcript.lines.length;
    if (transcript.live) this.#showLive(transcript.live);
    else this.#removeLive();
  }

  /**
   * @param {Element} item of the list
   * @returns {Line | undefined}
   */
  lineOf(item) {
    const part = item.parentElement;
    const before = part ? [...this.#list.children].indexOf(part) * PART_LINES : 0;
    return this.#lines[before + [...(part?.children ?? [])].indexOf(item)];
  }

  /** @param {number} generation */
  #reset(generation) {
    this.#generation = generation;
    this.#list.replaceChildren();
    this.#shown = 0;
    this.#live = undefined;
  }

  /**
   * The live line becomes the final one in its place.
   * @param {Line} line
   */
  #finish(line) {
    const item = this.#live ?? this.#addItem();
    this.#live = undefined;
    item.className = 'line';
    setText(timeOf(item), clock(line.start));
    const paragraph = wordsOf(item);
    const texts =
      line.words.length > 0
        ? line.words.map((word) => word.text)
        : line.text.split(/\s+/).filter((text) => text !== '');
    // Arrow keys walk through the words of a focused line.
    if (texts.length > 0) this.#cursor.add(paragraph);
    const words = matchWords(paragraph, texts);
    words.forEach((word, index) => {
      const spoken = line.words[index];
      word.className = (spoken?.confidence ?? 1) < UNSURE ? 'word unsure' : 'word';
      word.classList.toggle('slot', spoken !== undefined && fillsSlot(spoken, line));
    });
    const chips = intentChips(line);
    if (chips) item.append(chips);
  }

  /** @param {LiveLine} live */
  #showLive(live) {
    this.#live ??= this.#addItem();
    this.#live.className = 'line live';
    setText(timeOf(this.#live), clock(live.start));
    const stable = live.stable.trim().split(/\s+/).filter(Boolean).length;
    const texts = `${live.stable}${live.faint}`.trim().split(/\s+/);
    // A stable part that ends inside a word leaves that word faint.
    const whole =
      live.faint === '' || /^\s/.test(live.faint) || /\s$/.test(live.stable) ? stable : stable - 1;
    matchWords(wordsOf(this.#live), texts).forEach((word, index) => {
      word.className = index < whole ? 'word' : 'word faint';
    });
  }

  #removeLive() {
    this.#live?.remove();
    this.#live = undefined;
  }

  #addItem() {
    const item = document.createElement('li');
    const paragraph = document.createElement('p');
    paragraph.dir = 'auto';
    item.append(document.createElement('time'), paragraph);
    this.#lastPart().append(item);
    return item;
  }

  /** One with room for a line. */
  #lastPart() {
    const last = this.#list.lastElementChild;
    if (last && last.childElementCount < PART_LINES) return last;
    last?.classList.add('full');
    const part = document.createElement('ol');
    part.className = 'part';
    this.#list.append(part);
    return part;
  }
}

/** @param {Element} item */
function timeOf(item) {
  return /** @type {Element} */ (item.firstElementChild);
}

/** @param {Element} item */
function wordsOf(item) {
  return /** @type {HTMLParagraphElement} */ (item.children[1]);
}

/**
 * @param {Word} word
 * @param {Line} line
 */
function fillsSlot(word, { intent }) {
  const middle = (word.start + word.end) / 2;
  return (intent?.slots ?? []).some(({ start, end }) => start <= middle && middle <= end);
}

/**
 * Brings the words of a line to these texts and keeps the elements that stay, so that only what is new moves.
 * @param {HTMLElement} paragraph
 * @param {readonly string[]} texts
 * @returns {HTMLElement[]}
 */
function matchWords(paragraph, texts) {
  const words = /** @type {HTMLElement[]} */ ([...paragraph.children]);
  for (const extra of words.splice(texts.length)) {
    extra.previousSibling?.remove();
    extra.remove();
  }
  texts.forEach((text, index) => {
    let word = words[index];
    if (!word) {
      word = document.createElement('span');
      if (index > 0) paragraph.append(' ');
      paragraph.append(word);
      words.push(word);
    }
    setText(word, text);
  });
  return words;
}
