/** The n-grams of one order, sorted by the ids of their words, first word first. */
export interface NgramLevel {
  /** Id of the last word of each n-gram. */
  readonly words: Uint32Array;
  /**
   * `[n + 1]`: where among the n-grams one order up those begin that continue this one; they end where the next
   * ones begin. Empty for the highest order.
   */
  readonly firstChild: Uint32Array;
  /** Natural logarithm of the probability of the last word after the others. */
  readonly logProbs: Float64Array;
  /** Natural logarithm of the back-off weight, 0 where nothing follows. Empty for the highest order. */
  readonly backoffs: Float64Array;
}

/** A back-off model as the builder works on it: a tree of n-grams, in typed arrays. */
export interface NgramTable {
  /** By id: the special words, then all others sorted by their UTF-8 bytes. */
  readonly words: readonly string[];
  /** `[0]` are the unigrams: one for every word, in the order of the ids. */
  readonly levels: readonly NgramLevel[];
}

/** Number of n-grams of all orders. */
export function ngramCount(table: NgramTable): number {
  return table.levels.reduce((sum, level) => sum + level.words.length, 0);
}

/** Index of the n-gram at `level` that continues `parent`, an n-gram one order below, by `word`; -1: none. */
export function findChild(
  below: Pick<NgramLevel, 'firstChild'>,
  level: Pick<NgramLevel, 'words'>,
  parent: number,
  word: number,
): number {
  let low = below.firstChild[parent]!;
  let high = below.firstChild[parent + 1]! - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = level.words[middle]!;
    if (found === word) return middle;
    if (found < word) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * By order: for each n-gram the index, one order below, of the n-gram without its first word; empty for unigrams. The
 * table must have these n-grams, as tables that are counted from a text do.
 */
export function suffixLinks(levels: readonly Pick<NgramLevel, 'words' | 'firstChild'>[]): Int32Array[] {
  const links: Int32Array[] = [new Int32Array(0)];
  for (let k = 1; k < levels.length; k += 1) {
    const [below, level] = [levels[k - 1]!, levels[k]!];
    const lower = levels[k - 2];
    const link = new Int32Array(level.words.length);
    for (let parent = 0; parent + 1 < below.firstChild.length; parent += 1) {
      for (let child = below.firstChild[parent]!; child < below.firstChild[parent + 1]!; child += 1) {
        const word = level.words[child]!;
        link[child] = lower === undefined ? word : findChild(lower, below, links[k - 1]![parent]!, word);
      }
    }
    links.push(link);
  }
  return links;
}
