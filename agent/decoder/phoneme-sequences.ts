/** More than a head has phonemes. */
const RADIX = 65_536;

/** Sequences of phonemes by number, each stored once as the one before its last phoneme and that; 0 is the empty one. */
export class PhonemeSequences {
  readonly #before = [0];
  readonly #last = [0];
  readonly #longer = new Map<number, number>();

  /** The sequence with `phonemes` behind it. */
  longer(sequence: number, phonemes: readonly number[]): number {
    return phonemes.reduce((before, phoneme) => this.#next(before, phoneme), sequence);
  }

  phonemes(sequence: number): number[] {
    const reversed: number[] = [];
    for (let at = sequence; at !== 0; at = this.#before[at]!) reversed.push(this.#last[at]!);
    return reversed.reverse();
  }

  #next(before: number, phoneme: number): number {
    const key = before * RADIX + phoneme;
    const known = this.#longer.get(key);
    if (known !== undefined) return known;
    const sequence = this.#before.length;
    this.#before.push(before);
    this.#last.push(phoneme);
    this.#longer.set(key, sequence);
    return sequence;
  }
}
