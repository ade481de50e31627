import type { Readable } from 'node:stream';

const TAIL_CHARACTERS = 8192;

/** Keeps the end of what a program writes to its error output: in bounded memory, for messages. */
export class TextTail {
  #text = '';

  constructor(stream: Readable) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      this.#text = (this.#text + text).slice(-TAIL_CHARACTERS);
    });
    // An error of the pipe itself only ends the text; the program's exit tells the rest.
    stream.on('error', () => {});
  }

  get text(): string {
    return this.#text;
  }

  /** The last line that is not empty; '' when there is none. */
  get lastLine(): string {
    return this.#text
      .trimEnd()
      .split(/[\r\n]+/)
      .at(-1)!
      .trim();
  }
}
