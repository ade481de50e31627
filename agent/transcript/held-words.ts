/** How long the leading words of a stream's best hypothesis have been the same. Times in milliseconds. */
export class HeldWords {
  readonly #texts: string[] = [];
  readonly #since: number[] = [];

  clear(): void {
    this.#texts.length = 0;
    this.#since.length = 0;
  }

  /** Takes the words of the best hypothesis at the time `now`. A word behind one that has changed counts as new. */
  update(words: readonly { readonly text: string }[], now: number): void {
    let same = 0;
    while (same < words.length && words[same]!.text === this.#texts[same]) same += 1;
    this.#texts.length = same;
    this.#since.length = same;
    for (const { text } of words.slice(same)) {
      this.#texts.push(text);
      this.#since.push(now);
    }
  }

  /** How many leading words are the same since `then`. */
  count(then: number): number {
    const newer = this.#since.findIndex((since) => since > then);
    return newer === -1 ? this.#since.length : newer;
  }
}
