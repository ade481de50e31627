import { columnsOf } from './terminal-size.ts';
import { tailOfWidth, textWidth } from './text-width.ts';

/** A terminal, as far as it is used. */
export interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
  /** Absent or `false`: no colours, which also `NO_COLOR` asks for. */
  hasColors?(): boolean;
}

const CLEAR = '\r\x1b[2K';
const DIM = '\x1b[2m';
const NORMAL = '\x1b[22m';
const ELLIPSIS = '…';

/**
 * The last line of a terminal, which is written anew again and again: the part of a partial that will not change in
 * normal letters, the rest dim. A text that is too long for the line shows its end, so that it never wraps: a
 * wrapped line could not be taken back.
 */
export class LiveLine {
  readonly #terminal: Terminal;
  #visible = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Shows `text`, of which the leading `stable` is certain. */
  show(text: string, stable: string): void {
    const columns = columnsOf(this.#terminal) - 1; // the last column makes some terminals wrap
    const fits = textWidth(text) <= columns;
    const shown = fits ? text : tailOfWidth(text, columns - 1);
    const certain = Math.max(0, stable.length - (text.length - shown.length));
    const head = (fits ? '' : ELLIPSIS) + shown.slice(0, certain);
    this.#visible = true;
    this.#terminal.write(CLEAR + head + this.#dim(shown.slice(certain)));
  }

  /** Puts a lasting line in its place. */
  print(text: string): void {
    this.clear();
    this.#terminal.write(`${text}\n`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#visible) this.#terminal.write(CLEAR);
    this.#visible = false;
  }

  #dim(text: string): string {
    return text === '' || this.#terminal.hasColors?.() !== true ? text : DIM + text + NORMAL;
  }
}
