import type { Final, Partial } from '../../transcript/transcript-event.ts';

/** The text of one transcription, in pieces that only ever add up: what is settled of the segments so far. */
export class WyomingText {
  /** Of the finals so far. */
  #closed = '';
  #said = '';

  /** The whole text. */
  get text(): string {
    return this.#closed;
  }

  /** The next piece, now that this much is settled; empty when there is none. */
  accept(event: Partial | Final): string {
    if (event.type === 'partial') return this.#grow(join(this.#closed, event.stable));
    this.#closed = join(this.#closed, event.text);
    return this.#grow(this.#closed);
  }

  #grow(settled: string): string {
    if (settled.length <= this.#said.length || !settled.startsWith(this.#said)) return '';
    const piece = settled.slice(this.#said.length);
    this.#said = settled;
    return piece;
  }
}

function join(first: string, second: string): string {
  return first === '' || second === '' ? first + second : `${first} ${second}`;
}
