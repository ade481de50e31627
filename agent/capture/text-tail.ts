import type { Readable } from 'node:stream';

const TAIL_CHARACTERS = 8192;
/** arecord's greeting, on the same stream as its errors. */
const GREETING = /^Recording (raw data|WAVE)/;

/** Keeps the end of what a program writes to its error output: in bounded memory, for messages. */
export class TextTail {
  #text = '';

  /** `onText` gets every piece of text as it comes. */
  constructor(stream: Readable, onText: (text: string) => void = () => {}) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      this.#text = (this.#text + text).slice(-TAIL_CHARACTERS);
      onText(text);
    });
    // An error of the pipe itself only ends the text; the program's exit tells the rest.
    stream.on('error', () => {});
  }

  get text(): string {
    return this.#text;
  }

  /** The last line that says something; '' when there is none. */
  get lastLine(): string {
    return this.#lines().at(-1) ?? '';
  }

  /**
   * The last line that starts with the program's name, as its own messages do, or else the last line: libraries
   * and dumps of settings may follow a message.
   */
  lastLineOf(program: string): string {
    return this.#lines().findLast((line) => line.startsWith(program)) ?? this.lastLine;
  }

  #lines(): string[] {
    const lines = this.#text.split(/[\r\n]+/).map((line) => line.trim());
    return lines.filter((line) => line !== '' && !GREETING.test(line));
  }
}
