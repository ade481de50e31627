/**
 * What is added to the CTC score of a prefix, by its tokens alone. Kept per node of the trie: scores are natural logs and
 * are those of the whole prefix.
 */
export interface PrefixScorer {
  /** Score of a prefix as far as it can be judged before it goes on. */
  score(node: number): number;
  /** Score of `node` and then `token`. */
  extendedScore(node: number, token: number): number;
  /** Tells of a node that was added to the trie. */
  add(child: number): void;
  /** Score of `node` when nothing follows. */
  endScore(node: number): number;
  /** The trie holds the empty prefix alone. */
  clear(): void;
}
