/** The arrays of a `LexiconTree`. Over SharedArrayBuffers, so that threads which are sent them share the memory. */
export interface LexiconTreeArrays {
  /** `[nodes]` Phoneme (token of the model's head) that leads to the node; 0 for the root. */
  readonly token: Uint8Array;
  /** `[nodes + 1]` The children of node `i` are `firstChild[i]` to, without it, `firstChild[i + 1]`. */
  readonly firstChild: Uint32Array;
  /** `[nodes]` The words that node `i` ends are `endings[endingsFrom[i]]` to, without it, `endings[endingsTo[i]]`. */
  readonly endingsFrom: Uint32Array;
  readonly endingsTo: Uint32Array;
  /** `[pronunciations]` Words: numbers of the lexicon. */
  readonly endings: Uint32Array;
  /** `[words]` Id of each word of the lexicon in the language model. */
  readonly modelWord: Uint32Array;
  /**
   * `[nodes]` Language-model look-ahead: the unigram natural log-probability of the most probable word that the node
   * can still lead to, 0 at the root. It lets a search drop rare words before they end (Ortmanns, Ney, Eiden 1996,
   * "Language-model look-ahead for large vocabulary speech recognition", with unigrams).
   */
  readonly lookAhead: Float32Array;
}

/**
 * All pronunciations of a lexicon as a prefix tree: words that begin alike are searched as one. Immutable, shared by
 * all streams. Nodes are numbered breadth first, so that the children of a node lie side by side.
 */
export class LexiconTree {
  /** The node between words. */
  static readonly ROOT = 0;

  readonly arrays: LexiconTreeArrays;
  /** `[tokens]` The child of the root by token, or 0 where there is none. */
  readonly rootChild: Uint32Array;

  /** @param tokens number of tokens of the model's head */
  constructor(arrays: LexiconTreeArrays, tokens: number) {
    this.arrays = arrays;
    this.rootChild = new Uint32Array(tokens);
    for (let child = arrays.firstChild[0]!; child < arrays.firstChild[1]!; child += 1) {
      this.rootChild[arrays.token[child]!] = child;
    }
  }

  /** Number of nodes, the root included. */
  get size(): number {
    return this.arrays.token.length;
  }

  /** Bytes of all arrays. */
  get byteLength(): number {
    return Object.values(this.arrays).reduce((sum, array) => sum + array.byteLength, 0);
  }
}
