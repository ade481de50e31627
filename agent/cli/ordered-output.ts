/**
 * Lets several producers write at once to one output and keeps their texts apart and in order: the first that has
 * not ended writes through, the others wait in memory.
 */
export class OrderedOutput {
  readonly #write: (text: string) => void;
  readonly #waiting: string[];
  readonly #ended: boolean[];
  #current = 0;

  constructor(producers: number, write: (text: string) => void) {
    this.#write = write;
    this.#waiting = Array.from({ length: producers }, () => '');
    this.#ended = Array.from({ length: producers }, () => false);
  }

  write(producer: number, text: string): void {
    if (producer === this.#current) this.#write(text);
    else this.#waiting[producer] += text;
  }

  /** The producer writes no more. */
  end(producer: number): void {
    this.#ended[producer] = true;
    while (this.#ended[this.#current]) {
      this.#current += 1;
      const text = this.#waiting[this.#current] ?? '';
      if (text !== '') this.#write(text);
      this.#waiting[this.#current] = '';
    }
  }
}
