import { doubled } from './typed-array.ts';

const INITIAL_CAPACITY = 256;
const NONE = -1;
/** In `#firstChild`: the node was given back. */
const FREED = -2;

/**
 * The token sequences of a beam as a tree in pooled typed arrays. A node is a prefix: its parent's prefix and one
 * more token. A node lives as long as it is in the beam (`slot` is not -1) or leads to one that is; `prune` gives
 * back the rest, so that the tree always holds exactly the prefixes of what is alive.
 */
export class PrefixTrie {
  /** The empty prefix. */
  static readonly ROOT = 0;

  /** Last token of each node; -1 for the root. */
  token = new Int32Array(INITIAL_CAPACITY);
  parent = new Int32Array(INITIAL_CAPACITY);
  /** Number of tokens. */
  depth = new Int32Array(INITIAL_CAPACITY);
  /** Rank in the beam, or -1. Written by the search. */
  slot = new Int32Array(INITIAL_CAPACITY);
  #firstChild = new Int32Array(INITIAL_CAPACITY);
  #nextSibling = new Int32Array(INITIAL_CAPACITY);
  /** Head of the list of free nodes, linked through `#nextSibling`. */
  #free = NONE;
  /** Nodes `[0, #used)` were handed out at least once. */
  #used = 0;

  constructor() {
    this.clear();
  }

  /** Back to the root alone; keeps the memory. */
  clear(): void {
    this.#free = NONE;
    this.#used = 0;
    this.#init(this.#take(), NONE, NONE);
    this.depth[PrefixTrie.ROOT] = 0;
  }

  /** The child of `node` by `token`, or -1. */
  find(node: number, token: number): number {
    let child = this.#firstChild[node]!;
    while (child !== NONE && this.token[child] !== token) child = this.#nextSibling[child]!;
    return child;
  }

  /** A new child; there must be none by this token. */
  add(node: number, token: number): number {
    const child = this.#take();
    this.#init(child, node, token);
    this.depth[child] = this.depth[node]! + 1;
    this.#nextSibling[child] = this.#firstChild[node]!;
    this.#firstChild[node] = child;
    return child;
  }

  /**
   * Gives back `node`, and then its ancestors, as far as they are not in the beam and lead to nothing. Does nothing
   * for a node that was given back already.
   */
  prune(node: number): void {
    let at = node;
    while (at !== PrefixTrie.ROOT && this.slot[at] === NONE && this.#firstChild[at] === NONE) {
      const parent = this.parent[at]!;
      this.#unlink(parent, at);
      this.#firstChild[at] = FREED;
      this.#nextSibling[at] = this.#free;
      this.#free = at;
      at = parent;
    }
  }

  /**
   * The last node on the way down from `node` that every prefix in the beam goes through or ends at. `node` must
   * be such a node itself.
   */
  commonAncestor(node: number): number {
    let at = node;
    while (this.slot[at] === NONE) {
      const child = this.#firstChild[at]!;
      if (child === NONE || this.#nextSibling[child] !== NONE) break;
      at = child;
    }
    return at;
  }

  /** Whether the prefix of `node` begins with that of `ancestor`. */
  isWithin(node: number, ancestor: number): boolean {
    let at = node;
    for (let up = this.depth[node]! - this.depth[ancestor]!; up > 0; up -= 1) at = this.parent[at]!;
    return at === ancestor;
  }

  /** The tokens from the root to `node`. */
  tokens(node: number): number[] {
    const length = this.depth[node]!;
    const tokens = new Array<number>(length);
    for (let i = length - 1, at = node; i >= 0; i -= 1, at = this.parent[at]!) tokens[i] = this.token[at]!;
    return tokens;
  }

  #take(): number {
    if (this.#free !== NONE) {
      const node = this.#free;
      this.#free = this.#nextSibling[node]!;
      return node;
    }
    if (this.#used === this.token.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #init(node: number, parent: number, token: number): void {
    this.parent[node] = parent;
    this.token[node] = token;
    this.slot[node] = NONE;
    this.#firstChild[node] = NONE;
    this.#nextSibling[node] = NONE;
  }

  #unlink(parent: number, child: number): void {
    let at = this.#firstChild[parent]!;
    if (at === child) {
      this.#firstChild[parent] = this.#nextSibling[child]!;
      return;
    }
    while (this.#nextSibling[at] !== child) at = this.#nextSibling[at]!;
    this.#nextSibling[at] = this.#nextSibling[child]!;
  }

  #grow(): void {
    this.token = doubled(this.token);
    this.parent = doubled(this.parent);
    this.depth = doubled(this.depth);
    this.slot = doubled(this.slot);
    this.#firstChild = doubled(this.#firstChild);
    this.#nextSibling = doubled(this.#nextSibling);
  }
}
