import { doubled } from './typed-array.ts';

const INITIAL_CAPACITY = 256;

/**
 * The tree nodes that paths have reached after a step, as columns. Of all paths that reach a node, the best one that
 * ends in the node's token and the best one that ends in a blank behind it go on.
 */
export class CommandFrontier {
  size = 0;
  node = new Int32Array(INITIAL_CAPACITY);
  /** Natural log, relative to the free path; -Infinity: no path. */
  tokenScore = new Float64Array(INITIAL_CAPACITY);
  blankScore = new Float64Array(INITIAL_CAPACITY);
  /** Entries of the word trail. */
  tokenTrail = new Int32Array(INITIAL_CAPACITY);
  blankTrail = new Int32Array(INITIAL_CAPACITY);
  /** Step of the first token of the word that is being said. */
  tokenStart = new Int32Array(INITIAL_CAPACITY);
  blankStart = new Int32Array(INITIAL_CAPACITY);
  /** Step of the last token before the blank. */
  blankEnd = new Int32Array(INITIAL_CAPACITY);
  /** Of each node: its entry plus 1, or 0. */
  readonly #entryOf: Int32Array;

  constructor(nodes: number) {
    this.#entryOf = new Int32Array(nodes);
  }

  clear(): void {
    for (let i = 0; i < this.size; i += 1) this.#entryOf[this.node[i]!] = 0;
    this.size = 0;
  }

  /** The better of both scores of entry `i`. */
  best(i: number): number {
    return Math.max(this.tokenScore[i]!, this.blankScore[i]!);
  }

  endsInBlank(i: number): boolean {
    return this.blankScore[i]! >= this.tokenScore[i]!;
  }

  trail(i: number): number {
    return this.endsInBlank(i) ? this.blankTrail[i]! : this.tokenTrail[i]!;
  }

  start(i: number): number {
    return this.endsInBlank(i) ? this.blankStart[i]! : this.tokenStart[i]!;
  }

  /** Whether a path with `score` that ends in the token of `node` would be the best. */
  admitsToken(node: number, score: number): boolean {
    const entry = this.#entryOf[node]!;
    return entry === 0 || score > this.tokenScore[entry - 1]!;
  }

  offerToken(node: number, score: number, trail: number, start: number): void {
    const i = this.#entry(node);
    if (score <= this.tokenScore[i]!) return;
    this.tokenScore[i] = score;
    this.tokenTrail[i] = trail;
    this.tokenStart[i] = start;
  }

  /** Takes the best path of entry `i` of `from` over into a blank; only one path can come there. */
  offerBlank(from: CommandFrontier, i: number, { score, step }: { score: number; step: number }): void {
    const to = this.#entry(from.node[i]!);
    this.blankScore[to] = score;
    this.blankTrail[to] = from.trail(i);
    this.blankStart[to] = from.start(i);
    this.blankEnd[to] = from.endsInBlank(i) ? from.blankEnd[i]! : step - 1;
  }

  #entry(node: number): number {
    const known = this.#entryOf[node]!;
    if (known > 0) return known - 1;
    if (this.size === this.node.length) this.#grow();
    const i = this.size;
    this.size += 1;
    this.#entryOf[node] = this.size;
    this.node[i] = node;
    this.tokenScore[i] = Number.NEGATIVE_INFINITY;
    this.blankScore[i] = Number.NEGATIVE_INFINITY;
    return i;
  }

  #grow(): void {
    this.node = doubled(this.node);
    this.tokenScore = doubled(this.tokenScore);
    this.blankScore = doubled(this.blankScore);
    this.tokenTrail = doubled(this.tokenTrail);
    this.blankTrail = doubled(this.blankTrail);
    this.tokenStart = doubled(this.tokenStart);
    this.blankStart = doubled(this.blankStart);
    this.blankEnd = doubled(this.blankEnd);
  }
}
