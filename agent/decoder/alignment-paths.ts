import { WordLinks } from './word-links.ts';

/** The best path to each of the places of an alignment, those within words and those between them. */
export class AlignmentPaths {
  /** `[places]` Natural log, relative to the free path. */
  readonly score: Float64Array;
  /** `[places]` The words behind the path, an entry of `links`. */
  readonly link: Int32Array;
  /** `[places]` Within a word: the step at which it began, and the score before that. */
  readonly start: Int32Array;
  readonly entry: Float64Array;
  readonly links = new WordLinks();

  constructor(places: number) {
    this.score = new Float64Array(places).fill(Number.NEGATIVE_INFINITY);
    this.link = new Int32Array(places).fill(WordLinks.EMPTY);
    this.start = new Int32Array(places);
    this.entry = new Float64Array(places);
  }

  /** The path to `to` becomes one with the words `link` behind it. */
  set(to: number, link: number, score: number): void {
    this.score[to] = score;
    if (this.link[to] === link) return;
    this.links.retain(link);
    this.links.release(this.link[to]!);
    this.link[to] = link;
  }

  /** The path to `to` becomes the one to `from`, within the same word. */
  follow(to: number, from: number, score: number): void {
    this.set(to, this.link[from]!, score);
    this.start[to] = this.start[from]!;
    this.entry[to] = this.entry[from]!;
  }

  /** No path leads to `to`. */
  clear(to: number): void {
    this.set(to, WordLinks.EMPTY, Number.NEGATIVE_INFINITY);
  }
}
