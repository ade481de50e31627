import { colourMap } from './colour-map.js';
import { ColumnHistory } from './column-history.js';
import { ROWS } from './spectrum.js';
import { placeWords } from './word-lane.js';

/**
 * @import { Word } from './protocol.js'
 * @import { LaneWord } from './word-lane.js'
 */

/** One column is one pixel wide while it scrolls: 10 ms, the hop of the recogniser. */
export const COLUMNS_PER_SECOND = 100;

const CAPACITY = 4096;
const LANE_ROWS = 2;
const LANE_ROW_HEIGHT = 19;
const LANE_HEIGHT = LANE_ROWS * LANE_ROW_HEIGHT + 10;
/** Columns come in bursts; the picture runs this far behind to glide over them. */
const GLIDE_COLUMNS = 5;

/** The moving picture of the sound, with the words below it at the place where they were said. */
export class SpectrogramView {
  #canvas;
  #context;
  #tile = new OffscreenCanvas(CAPACITY, ROWS);
  #tileContext = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#tile.getContext('2d'));
  #pixels = this.#tileContext.createImageData(1, ROWS);
  #history = new ColumnHistory(CAPACITY);
  #colours = colourMap('light');
  #still = window.matchMedia('(prefers-reduced-motion: reduce)');
  #painted = 0;
  #head = 0;
  #lastFrameMs = 0;
  /** Seconds of the whole picture when it shows a file, 0 when it scrolls. */
  #fileSeconds = 0;
  #fileColumns = 0;
  /** Seconds of the transcript at column 0. */
  #offset = 0;
  /** @type {readonly { word: Word, faint: boolean }[]} */
  #words = [];
  /** @type {readonly LaneWord[] | undefined} Where they stand, once they were drawn. */
  #placed;
  #playhead = 0;
  #frame = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    new ResizeObserver(() => {
      this.#placed = undefined; // the words of a file stand closer in a narrower window
      this.#wake();
    }).observe(canvas);
  }

  /** Columns of the picture when it shows a whole file: as many as it had pixels when it began. */
  get fileColumns() {
    return this.#fileColumns;
  }

  /**
   * Starts an empty picture.
   * @param {{ offset: number, fileSeconds: number }} picture `offset`: seconds of the transcript at its left edge
   */
  begin({ offset, fileSeconds }) {
    this.#history.clear();
    this.#painted = 0;
    this.#head = 0;
    this.#playhead = 0;
    this.#offset = offset;
    this.#fileSeconds = fileSeconds;
    this.#fileColumns = Math.min(CAPACITY, Math.max(200, Math.round(this.#canvas.clientWidth)));
    this.#words = [];
    this.#placed = undefined;
    this.#tileContext.clearRect(0, 0, CAPACITY, ROWS);
    this.#wake();
  }

  /** @param {Uint8Array} column */
  add(column) {
    this.#history.add(column);
    this.#wake();
  }

  /** @param {number} columns without any sound */
  skip(columns) {
    this.#history.skip(columns);
    this.#wake();
  }

  /**
   * @param {readonly { word: Word, faint: boolean }[]} words the newest, in order of time
   * @param {number} seconds of the transcript up to which words are there
   */
  showWords(words, seconds) {
    this.#words = words;
    this.#placed = undefined;
    this.#playhead = seconds - this.#offset;
    this.#wake();
  }

  /** @param {'light' | 'dark'} theme */
  setTheme(theme) {
    this.#colours = colourMap(theme);
    this.#painted = Math.max(0, this.#history.count - CAPACITY);
    this.#wake();
  }

  get #pixelsPerSecond() {
    return this.#fileSeconds > 0 ? this.#canvas.clientWidth / this.#fileSeconds : COLUMNS_PER_SECOND;
  }

  get #font() {
    return `500 13px ${this.#style('--sans')}`;
  }

  #wake() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => this.#draw(now));
  }

  /** @param {number} nowMs */
  #draw(nowMs) {
    this.#frame = 0;
    this.#paintNewColumns();
    this.#moveHead(nowMs);
    const { width, height } = this.#fit();
    if (width === 0) return;
    this.#context.clearRect(0, 0, width, height);
    const soundHeight = height - LANE_HEIGHT;
    if (this.#fileSeconds > 0) this.#drawFile(width, soundHeight);
    else this.#drawScroll(width, soundHeight);
    if (this.#head < this.#history.count) this.#wake();
  }

  /** Matches the bitmap to the size on the screen; drawing is in CSS pixels. */
  #fit() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = window.devicePixelRatio;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.#canvas.width !== wide) this.#canvas.width = wide;
    if (this.#canvas.height !== high) this.#canvas.height = high;
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    return { width, height };
  }

  #paintNewColumns() {
    const pixels = new Uint32Array(this.#pixels.data.buffer);
    const colours = new Uint32Array(this.#colours.buffer);
    this.#painted = Math.max(this.#painted, this.#history.count - CAPACITY);
    for (; this.#painted < this.#history.count; this.#painted += 1) {
      const column = this.#history.column(this.#painted);
      for (let row = 0; row < ROWS; row += 1) pixels[ROWS - 1 - row] = colours[column[row] ?? 0] ?? 0;
      this.#tileContext.putImageData(this.#pixels, this.#painted % CAPACITY, 0);
    }
  }

  /** @param {number} nowMs */
  #moveHead(nowMs) {
    const count = this.#history.count;
    const elapsed = Math.min(100, nowMs - this.#lastFrameMs);
    this.#lastFrameMs = nowMs;
    const behind = count - this.#head;
    if (this.#still.matches || this.#fileSeconds > 0 || behind > COLUMNS_PER_SECOND) this.#head = count;
    else {
      const pace = 1 + (behind - GLIDE_COLUMNS) * 0.04;
      this.#head = Math.min(count, this.#head + (elapsed / 1000) * COLUMNS_PER_SECOND * Math.max(0.2, pace));
    }
  }

  /**
   * The newest sound at the right edge. With reduced motion nothing moves: the picture is written from left to
   * right and begins again, like on an oscilloscope.
   * @param {number} width
   * @param {number} height of the sound
   */
  #drawScroll(width, height) {
    const left = this.#still.matches ? Math.floor(this.#head / width) * width : this.#head - width;
    const from = Math.max(0, Math.floor(left), this.#history.count - CAPACITY);
    const to = Math.ceil(this.#head);
    for (let column = from; column < to; ) {
      const at = column % CAPACITY;
      const length = Math.min(to - column, CAPACITY - at);
      this.#context.drawImage(this.#tile, at, 0, length, ROWS, column - left, 0, length, height);
      column += length;
    }
    this.#drawSeconds(left / COLUMNS_PER_SECOND, width, height);
    this.#drawWords(left, height);
  }

  /**
   * @param {number} width
   * @param {number} height of the sound
   */
  #drawFile(width, height) {
    const columns = this.#history.count;
    const drawn = Math.min(width, (columns / this.fileColumns) * width);
    if (columns > 0) this.#context.drawImage(this.#tile, 0, 0, columns, ROWS, 0, 0, drawn, height);
    this.#drawSeconds(0, width, height);
    this.#drawWords(0, height);
    this.#context.fillStyle = this.#style('--signal');
    this.#context.fillRect(Math.min(width - 2, this.#playhead * this.#pixelsPerSecond), 0, 2, height);
  }

  /**
   * A tick at each second, longer at each fifth.
   * @param {number} leftSeconds
   * @param {number} width
   * @param {number} height of the sound
   */
  #drawSeconds(leftSeconds, width, height) {
    const pixelsPerSecond = this.#pixelsPerSecond;
    const step = Math.max(1, Math.ceil(12 / pixelsPerSecond));
    this.#context.fillStyle = this.#style('--rule');
    this.#context.fillRect(0, height, width, 1);
    this.#context.fillStyle = this.#style('--tick');
    const first = Math.ceil(Math.max(0, leftSeconds) / step) * step;
    for (let second = first; (second - leftSeconds) * pixelsPerSecond < width; second += step) {
      const long = second % (5 * step) === 0;
      this.#context.fillRect((second - leftSeconds) * pixelsPerSecond, height, 1, long ? 8 : 4);
    }
  }

  /** Many events may come between two pictures, and measuring takes longer than all else that they ask for. */
  #placeWords() {
    return placeWords(this.#words, {
      pixelsPerSecond: this.#pixelsPerSecond,
      rows: LANE_ROWS,
      measure: (text) => this.#context.measureText(text).width,
    });
  }

  /**
   * @param {number} left pixels
   * @param {number} top pixels
   */
  #drawWords(left, top) {
    const context = this.#context;
    context.font = this.#font;
    this.#placed ??= this.#placeWords();
    context.textBaseline = 'middle';
    const ink = this.#style('--ink');
    const faint = this.#style('--faint');
    for (const { word, x, width, row, faint: unsure } of this.#placed) {
      const at = x - this.#offset * this.#pixelsPerSecond - left;
      if (at + width < 0) continue;
      context.fillStyle = unsure ? faint : ink;
      context.fillText(word.text, at, top + 10 + (row + 0.5) * LANE_ROW_HEIGHT);
    }
  }

  /** @param {string} name of a custom property */
  #style(name) {
    return getComputedStyle(this.#canvas).getPropertyValue(name);
  }
}
