import type { EstimatedTable } from './kneser-ney.ts';
import { type NgramLevel, type NgramTable, suffixLinks } from './ngram-table.ts';
import { logProb } from './table-score.ts';

/**
 * The `maxNgrams` n-grams of a table that matter most, by the relative entropy between the models with and without
 * each (Stolcke 1998, "Entropy-based Pruning of Backoff Language Models", equation 4). Unigrams always stay, and an
 * n-gram stays as long as one that continues it does. How likely a history is comes from the text and not from the
 * model: Kneser-Ney's lower orders do not say it (Chelba et al. 2010, "Study on Interaction Between Entropy Pruning
 * and Kneser-Ney Smoothing").
 * @param table must hold every n-gram's suffix, as estimated tables and their mixtures do
 */
export function pruneTable(table: EstimatedTable, maxNgrams: number): NgramTable {
  const suffixes = suffixLinks(table.levels);
  const losses = table.levels.map(({ words }) => new Float64Array(words.length));
  for (let k = table.levels.length - 1; k > 0; k -= 1) {
    ownLosses(table, suffixes[k]!, k, losses[k]!);
    raiseToChildren(table.levels[k]!, losses[k]!, losses[k + 1]);
  }
  const threshold = thresholdFor(losses.slice(1), maxNgrams - table.words.length);
  losses[0]!.fill(Number.POSITIVE_INFINITY);
  return withBackoffs({ words: table.words, levels: keepAbove(table.levels, losses, threshold) });
}

/** Loss of each n-gram of one order if it alone were removed. */
function ownLosses(table: EstimatedTable, suffixes: Int32Array, k: number, losses: Float64Array): void {
  const [below, level] = [table.levels[k - 1]!, table.levels[k]!];
  for (let history = 0; history < below.words.length; history += 1) {
    const [start, end] = [below.firstChild[history]!, below.firstChild[history + 1]!];
    let left = 1;
    let leftBelow = 1;
    for (let child = start; child < end; child += 1) {
      left -= Math.exp(level.logProbs[child]!);
      leftBelow -= Math.exp(below.logProbs[suffixes[child]!]!);
    }
    for (let child = start; child < end; child += 1) {
      const own = Math.exp(level.logProbs[child]!);
      const logLower = below.logProbs[suffixes[child]!]!;
      const logBackoff = Math.log((left + own) / (leftBelow + Math.exp(logLower)));
      const changeOfWord = own * (logLower + logBackoff - level.logProbs[child]!);
      const changeOfRest = (logBackoff - below.backoffs[history]!) * left;
      losses[child] = -table.frequencies[k - 1]![history]! * (changeOfWord + changeOfRest);
    }
  }
}

/** An n-gram can only go when those that continue it go. */
function raiseToChildren(
  { firstChild }: NgramLevel,
  losses: Float64Array,
  above: Float64Array | undefined,
): void {
  if (above === undefined) return;
  for (let node = 0; node < losses.length; node += 1) {
    for (let child = firstChild[node]!; child < firstChild[node + 1]!; child += 1) {
      if (above[child]! > losses[node]!) losses[node] = above[child]!;
    }
  }
}

/** The loss that at most `count` n-grams exceed. */
function thresholdFor(losses: readonly Float64Array[], count: number): number {
  const all = new Float64Array(losses.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of losses) {
    all.set(each, at);
    at += each.length;
  }
  if (count >= all.length) return Number.NEGATIVE_INFINITY;
  return all.sort()[all.length - 1 - Math.max(0, count)]!;
}

function keepAbove(
  levels: readonly NgramLevel[],
  losses: readonly Float64Array[],
  threshold: number,
): NgramLevel[] {
  return levels.map((level, k) => {
    const kept: number[] = [];
    for (let i = 0; i < level.words.length; i += 1) if (losses[k]![i]! > threshold) kept.push(i);
    const above = losses[k + 1];
    return {
      words: Uint32Array.from(kept, (i) => level.words[i]!),
      logProbs: Float64Array.from(kept, (i) => level.logProbs[i]!),
      firstChild: above ? keptStarts(level.firstChild, kept, above, threshold) : new Uint32Array(0),
      backoffs: new Float64Array(above ? kept.length : 0),
    };
  });
}

/** Where the children of the kept n-grams begin among the kept n-grams one order up. */
function keptStarts(
  starts: Uint32Array,
  kept: readonly number[],
  above: Float64Array,
  threshold: number,
): Uint32Array {
  const result = new Uint32Array(kept.length + 1);
  let count = 0;
  for (const [i, node] of kept.entries()) {
    for (let child = starts[node]!; child < starts[node + 1]!; child += 1)
      if (above[child]! > threshold) count += 1;
    result[i + 1] = count;
  }
  return result;
}

/** Sets the back-off weights so that every history sums to 1. */
function withBackoffs(table: NgramTable): NgramTable {
  const path: number[] = [];
  const visit = (k: number, node: number, wanted: number): void => {
    const level = table.levels[k]!;
    path[k] = level.words[node]!;
    const [start, end] = [level.firstChild[node]!, level.firstChild[node + 1]!];
    if (k < wanted) for (let child = start; child < end; child += 1) visit(k + 1, child, wanted);
    else if (end > start) level.backoffs[node] = backoffOf(table, path.slice(0, k + 1), start, end);
  };
  for (let order = 0; order < table.levels.length - 1; order += 1) {
    for (let word = 0; word < table.words.length; word += 1) visit(0, word, order);
  }
  return table;
}

function backoffOf(table: NgramTable, history: readonly number[], start: number, end: number): number {
  const level = table.levels[history.length]!;
  const words = [...history, 0];
  let left = 1;
  let leftBelow = 1;
  for (let child = start; child < end; child += 1) {
    words[history.length] = level.words[child]!;
    left -= Math.exp(level.logProbs[child]!);
    leftBelow -= Math.exp(logProb(table, words, 1, words.length));
  }
  return Math.log(left / leftBelow);
}
