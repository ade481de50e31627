import { AlignmentPool } from './alignment-pool.ts';
import { logAdd } from './log-math.ts';
import { PrefixTrie } from './prefix-trie.ts';

/**
 * The prefixes kept after a step, best first, as columns. Probabilities are natural logs; "blank" and "token" say
 * how the alignments that they sum or maximise over end.
 */
export class Beam {
  size = 0;
  /** Node of the prefix in the trie. */
  readonly node: Int32Array;
  /** Sum over all alignments of the prefix that end in a blank. */
  readonly sumBlank: Float64Array;
  /** Sum over all that end in the prefix's last token. */
  readonly sumToken: Float64Array;
  /** The most probable single alignment that ends in a blank, and where it emits the tokens. */
  readonly bestBlank: Float64Array;
  readonly alignBlank: Int32Array;
  /** The most probable single alignment that ends in the last token, and where it emits the tokens. */
  readonly bestToken: Float64Array;
  readonly alignToken: Int32Array;
  /** Blanks at the end of the alignment of `bestBlank`. */
  readonly blanks: Int32Array;

  constructor(width: number) {
    this.node = new Int32Array(width);
    this.sumBlank = new Float64Array(width);
    this.sumToken = new Float64Array(width);
    this.bestBlank = new Float64Array(width);
    this.alignBlank = new Int32Array(width);
    this.bestToken = new Float64Array(width);
    this.alignToken = new Int32Array(width);
    this.blanks = new Int32Array(width);
  }

  /** The empty prefix alone. */
  clear(): void {
    this.size = 1;
    this.node[0] = PrefixTrie.ROOT;
    this.sumBlank[0] = 0;
    this.bestBlank[0] = 0;
    this.sumToken[0] = Number.NEGATIVE_INFINITY;
    this.bestToken[0] = Number.NEGATIVE_INFINITY;
    this.alignBlank[0] = AlignmentPool.EMPTY;
    this.alignToken[0] = AlignmentPool.EMPTY;
    this.blanks[0] = 0;
  }

  /** Overwrites entry `to` with entry `from`. */
  copyEntry(from: number, to: number): void {
    this.node[to] = this.node[from]!;
    this.sumBlank[to] = this.sumBlank[from]!;
    this.sumToken[to] = this.sumToken[from]!;
    this.bestBlank[to] = this.bestBlank[from]!;
    this.alignBlank[to] = this.alignBlank[from]!;
    this.bestToken[to] = this.bestToken[from]!;
    this.alignToken[to] = this.alignToken[from]!;
    this.blanks[to] = this.blanks[from]!;
  }

  /** Whether the best alignment of entry `i` ends in a blank. */
  endsInBlank(i: number): boolean {
    return this.bestBlank[i]! >= this.bestToken[i]!;
  }

  /** Probability of entry `i`, all alignments together. */
  total(i: number): number {
    return logAdd(this.sumBlank[i]!, this.sumToken[i]!);
  }

  /** The most probable single alignment of entry `i`, or of those that end in a blank. */
  best(i: number, endingInBlank: boolean): number {
    return endingInBlank ? this.bestBlank[i]! : Math.max(this.bestBlank[i]!, this.bestToken[i]!);
  }

  /** Where the alignment of `best` emits the tokens. */
  align(i: number, endingInBlank: boolean): number {
    return endingInBlank || this.endsInBlank(i) ? this.alignBlank[i]! : this.alignToken[i]!;
  }

  /** A step with nothing but blank: no prefix changes, nor their order. */
  acceptBlank(logBlank: number, alignments: AlignmentPool): void {
    for (let i = 0; i < this.size; i += 1) {
      const stays = this.endsInBlank(i);
      alignments.release(stays ? this.alignToken[i]! : this.alignBlank[i]!);
      this.sumBlank[i] = this.total(i) + logBlank;
      this.alignBlank[i] = this.align(i, false);
      this.bestBlank[i] = this.best(i, false) + logBlank;
      this.blanks[i] = stays ? this.blanks[i]! + 1 : 1;
      this.sumToken[i] = Number.NEGATIVE_INFINITY;
      this.bestToken[i] = Number.NEGATIVE_INFINITY;
      this.alignToken[i] = AlignmentPool.EMPTY;
    }
  }
}
