import type { Lexicon } from './lexicon.ts';
import type { LexiconTreeArrays } from './lexicon-tree.ts';
import { NgramModel } from './ngram-model.ts';

/**
 * Builds the tree of all pronunciations of a lexicon, breadth first: a node is a range of the pronunciations that
 * begin with its phonemes, and its children are that range sorted by the next phoneme.
 */
export function buildLexiconTree(lexicon: Lexicon, model: NgramModel): LexiconTreeArrays {
  const modelWord = shared(Uint32Array, lexicon.size);
  for (let word = 0; word < lexicon.size; word += 1) modelWord[word] = model.wordId(lexicon.word(word));
  const nodes = new NodeRanges(lexicon);
  const arrays = { ...nodes.expand(), modelWord };
  return { ...arrays, lookAhead: lookAheads(arrays, model) };
}

type Shape = Omit<LexiconTreeArrays, 'lookAhead' | 'modelWord'>;

/** The nodes while they are made. */
class NodeRanges {
  readonly #lexicon: Lexicon;
  /** Pronunciations; each node has a range of it. */
  readonly #order: Uint32Array;
  readonly #spare: Uint32Array;
  readonly #token: Uint8Array;
  readonly #depth: Uint8Array;
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;
  readonly #firstChild: Uint32Array;
  readonly #endingsTo: Uint32Array;
  /** By phoneme; of use in `#addChildren` only. */
  readonly #counts: Uint32Array;
  #size = 1;

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon;
    const { pronunciationCount, phonemes, phonemeNames } = lexicon;
    this.#counts = new Uint32Array(phonemeNames.length);
    this.#order = Uint32Array.from({ length: pronunciationCount }, (_, i) => i);
    this.#spare = new Uint32Array(pronunciationCount);
    const most = phonemes.length + 1;
    this.#token = new Uint8Array(most);
    this.#depth = new Uint8Array(most);
    this.#low = new Uint32Array(most);
    this.#high = new Uint32Array(most);
    this.#firstChild = new Uint32Array(most + 1);
    this.#endingsTo = new Uint32Array(most);
    this.#high[0] = pronunciationCount;
  }

  expand(): Shape {
    for (let node = 0; node < this.#size; node += 1) {
      this.#firstChild[node] = this.#size;
      this.#endingsTo[node] = this.#moveEndings(node);
      if (this.#endingsTo[node]! < this.#high[node]!) this.#addChildren(node);
    }
    this.#firstChild[this.#size] = this.#size;
    const size = this.#size;
    return {
      token: shared(Uint8Array, size, this.#token),
      firstChild: shared(Uint32Array, size + 1, this.#firstChild),
      endingsFrom: shared(Uint32Array, size, this.#low),
      endingsTo: shared(Uint32Array, size, this.#endingsTo),
      endings: shared(Uint32Array, this.#order.length, this.#words()),
    };
  }

  /** Moves the pronunciations that end at the node to the front of its range; returns where the others begin. */
  #moveEndings(node: number): number {
    const { phonemeStart } = this.#lexicon;
    const depth = this.#depth[node]!;
    const order = this.#order;
    let rest = this.#low[node]!;
    for (let i = rest; i < this.#high[node]!; i += 1) {
      const pronunciation = order[i]!;
      if (phonemeStart[pronunciation + 1]! - phonemeStart[pronunciation]! !== depth) continue;
      order[i] = order[rest]!;
      order[rest] = pronunciation;
      rest += 1;
    }
    return rest;
  }

  /** Sorts the rest of the node's range by the next phoneme (counting sort); each phoneme becomes a child. */
  #addChildren(node: number): void {
    const depth = this.#depth[node]!;
    const low = this.#endingsTo[node]!;
    const high = this.#high[node]!;
    // most nodes are on the way to one word alone
    if (high - low === 1) {
      this.#add(this.#phoneme(low, depth), depth + 1, low, 1);
      return;
    }
    const counts = this.#counts.fill(0);
    for (let i = low; i < high; i += 1) counts[this.#phoneme(i, depth)]! += 1;
    let at = low;
    for (let token = 0; token < counts.length; token += 1) {
      if (counts[token] === 0) continue;
      this.#add(token, depth + 1, at, counts[token]!);
      at += counts[token]!;
      counts[token] = at - counts[token]!;
    }
    for (let i = low; i < high; i += 1) {
      const token = this.#phoneme(i, depth);
      this.#spare[counts[token]!] = this.#order[i]!;
      counts[token]! += 1;
    }
    this.#order.set(this.#spare.subarray(low, high), low);
  }

  /** Phoneme number `depth` (from 0) of the pronunciation at `i` in the order. */
  #phoneme(i: number, depth: number): number {
    const { phonemeStart, phonemes } = this.#lexicon;
    return phonemes[phonemeStart[this.#order[i]!]! + depth]!;
  }

  #add(token: number, depth: number, low: number, count: number): void {
    const node = this.#size;
    this.#token[node] = token;
    this.#depth[node] = depth;
    this.#low[node] = low;
    this.#high[node] = low + count;
    this.#size += 1;
  }

  /** The word of each pronunciation, in their order. */
  #words(): Uint32Array {
    const { size, firstPronunciation } = this.#lexicon;
    const wordOf = new Uint32Array(this.#order.length);
    for (let word = 0; word < size; word += 1) {
      wordOf.fill(word, firstPronunciation[word]!, firstPronunciation[word + 1]!);
    }
    return this.#order.map((pronunciation) => wordOf[pronunciation]!);
  }
}

function lookAheads(tree: Omit<LexiconTreeArrays, 'lookAhead'>, model: NgramModel): Float32Array {
  const { firstChild, endingsFrom, endingsTo, endings, modelWord } = tree;
  const lookAhead = shared(Float32Array, tree.token.length).fill(Number.NEGATIVE_INFINITY);
  for (let node = lookAhead.length - 1; node > 0; node -= 1) {
    for (let i = endingsFrom[node]!; i < endingsTo[node]!; i += 1) {
      const score = model.score(NgramModel.EMPTY, modelWord[endings[i]!]!);
      if (score > lookAhead[node]!) lookAhead[node] = score;
    }
    for (let child = firstChild[node]!; child < firstChild[node + 1]!; child += 1) {
      if (lookAhead[child]! > lookAhead[node]!) lookAhead[node] = lookAhead[child]!;
    }
  }
  lookAhead[0] = 0;
  return lookAhead;
}

interface SharedArray<T> {
  new (buffer: SharedArrayBuffer): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** A typed array in shared memory, filled with the first `length` elements of `from`. */
function shared<T extends Uint8Array | Uint32Array | Float32Array>(
  Kind: SharedArray<T>,
  length: number,
  from?: T,
): T {
  const array = new Kind(new SharedArrayBuffer(length * Kind.BYTES_PER_ELEMENT));
  if (from) array.set(from.subarray(0, length));
  return array;
}
