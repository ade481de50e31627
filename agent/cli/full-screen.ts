import type { Terminal } from './live-line.ts';
import { columnsOf, rowsOf } from './terminal-size.ts';

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE_END = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** A terminal's second screen, drawn over again and again; the first one comes back unharmed. */
export class FullScreen {
  readonly #terminal: Terminal & { readonly rows?: number };

  constructor(terminal: Terminal & { readonly rows?: number }) {
    this.#terminal = terminal;
    terminal.write(ENTER);
  }

  /** Room for a line: the last column makes some terminals wrap, or lose what stands there. */
  get columns(): number {
    return columnsOf(this.#terminal) - 1;
  }

  /** Draws these lines, as far as they fit, and rather than empty ones: a line that wrapped would move all below it. */
  draw(lines: readonly string[]): void {
    const rows = rowsOf(this.#terminal);
    const fitting = (lines.length > rows ? lines.filter((line) => line !== '') : lines)
      .slice(0, rows)
      .map((line) => line.slice(0, this.columns) + CLEAR_LINE_END);
    this.#terminal.write(HOME + fitting.join('\r\n') + CLEAR_BELOW);
  }

  close(): void {
    this.#terminal.write(LEAVE);
  }
}
