import type { EstimatedTable } from './kneser-ney.ts';
import { findChild, type NgramLevel } from './ngram-table.ts';

/** N-grams of one order of the mixture, and how each component sees them. */
interface MixedLevel extends NgramLevel {
  /** By component: index of each n-gram there, or -1. */
  readonly nodes: readonly Int32Array[];
  /** By component: log-probability of each n-gram, backed off where the component does not have it. */
  readonly parts: readonly Float64Array[];
  /** Index, one order below, of each n-gram without its first word. */
  readonly suffixes: Int32Array;
}

/**
 * The linear interpolation of models over the same words as one back-off model: it has the n-grams of all of them,
 * each with its interpolated probability, and back-off weights that make every history sum to 1 (what SRILM's
 * `ngram -mix-lm` does).
 */
export function mixTables(tables: readonly EstimatedTable[], weights: readonly number[]): EstimatedTable {
  const order = tables[0]!.levels.length;
  let below = mixUnigrams(tables, weights);
  const levels: NgramLevel[] = [below];
  const frequencies: Float64Array[] = [];
  for (let k = 1; k < order; k += 1) {
    const lower = levels[k - 2];
    const level = mixLevel({ tables, weights, below, lower, k });
    setBackoffs(below, level);
    frequencies.push(mixFrequencies(tables, weights, below.nodes, k - 1));
    levels.push(level);
    below = level;
  }
  return {
    words: tables[0]!.words,
    levels: levels.map(({ words, firstChild, logProbs, backoffs }) => ({
      words,
      firstChild,
      logProbs,
      backoffs,
    })),
    frequencies,
  };
}

function mixUnigrams(tables: readonly EstimatedTable[], weights: readonly number[]): MixedLevel {
  const { words } = tables[0]!.levels[0]!;
  const parts = tables.map(({ levels }) => levels[0]!.logProbs);
  return {
    words,
    firstChild: new Uint32Array(words.length + 1),
    logProbs: interpolate(parts, weights),
    backoffs: new Float64Array(words.length),
    nodes: tables.map(() => Int32Array.from(words)),
    parts,
    suffixes: new Int32Array(0),
  };
}

interface LevelMix {
  readonly tables: readonly EstimatedTable[];
  readonly weights: readonly number[];
  /** The order below; its `firstChild` is written. */
  readonly below: MixedLevel;
  /** The order below that. */
  readonly lower: NgramLevel | undefined;
  /** Index of this order. */
  readonly k: number;
}

function mixLevel({ tables, weights, below, lower, k }: LevelMix): MixedLevel {
  const { words, nodes } = mergeChildren(tables, below, k);
  const suffixes = linkChildren(below, words, lower);
  const parts = tables.map(({ levels }, t) => {
    const { logProbs } = levels[k]!;
    const { backoffs } = levels[k - 1]!;
    const part = new Float64Array(words.length);
    for (let parent = 0; parent < below.words.length; parent += 1) {
      const history = below.nodes[t]![parent]!;
      const backoff = history < 0 ? 0 : backoffs[history]!;
      for (let child = below.firstChild[parent]!; child < below.firstChild[parent + 1]!; child += 1) {
        const node = nodes[t]![child]!;
        part[child] = node < 0 ? backoff + below.parts[t]![suffixes[child]!]! : logProbs[node]!;
      }
    }
    return part;
  });
  const isHighest = k + 1 === tables[0]!.levels.length;
  return {
    words,
    firstChild: new Uint32Array(isHighest ? 0 : words.length + 1),
    logProbs: interpolate(parts, weights),
    backoffs: new Float64Array(isHighest ? 0 : words.length),
    nodes,
    parts,
    suffixes,
  };
}

/** The words that follow each history in any component, and their place in each; writes `below.firstChild`. */
function mergeChildren(tables: readonly EstimatedTable[], below: MixedLevel, k: number) {
  const sources = tables.map(({ levels }, t) => ({
    words: levels[k]!.words,
    firstChild: levels[k - 1]!.firstChild,
    histories: below.nodes[t]!,
    at: 0,
    end: 0,
  }));
  const most = sources.reduce((sum, { words }) => sum + words.length, 0);
  const words = new Uint32Array(most);
  const nodes = tables.map(() => new Int32Array(most).fill(-1));
  let count = 0;
  for (let parent = 0; parent < below.words.length; parent += 1) {
    for (const source of sources) {
      const history = source.histories[parent]!;
      source.at = history < 0 ? 0 : source.firstChild[history]!;
      source.end = history < 0 ? 0 : source.firstChild[history + 1]!;
    }
    for (;;) {
      let word = Number.POSITIVE_INFINITY;
      for (const { words: own, at, end } of sources) if (at < end && own[at]! < word) word = own[at]!;
      if (word === Number.POSITIVE_INFINITY) break;
      for (const [t, source] of sources.entries()) {
        if (source.at === source.end || source.words[source.at] !== word) continue;
        nodes[t]![count] = source.at;
        source.at += 1;
      }
      words[count] = word;
      count += 1;
    }
    below.firstChild[parent + 1] = count;
  }
  return { words: words.slice(0, count), nodes: nodes.map((each) => each.slice(0, count)) };
}

/** The mixture has every suffix of its n-grams, because each component has. */
function linkChildren(below: MixedLevel, words: Uint32Array, lower: NgramLevel | undefined): Int32Array {
  if (lower === undefined) return Int32Array.from(words);
  const links = new Int32Array(words.length);
  for (let parent = 0; parent < below.words.length; parent += 1) {
    const suffix = below.suffixes[parent] ?? 0;
    for (let child = below.firstChild[parent]!; child < below.firstChild[parent + 1]!; child += 1) {
      links[child] = findChild(lower, below, suffix, words[child]!);
    }
  }
  return links;
}

function interpolate(parts: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const result = new Float64Array(parts[0]!.length);
  for (const [t, part] of parts.entries()) {
    const weight = weights[t]!;
    for (let i = 0; i < result.length; i += 1) result[i]! += weight * Math.exp(part[i]!);
  }
  return result.map(Math.log);
}

function setBackoffs(below: MixedLevel, level: MixedLevel): void {
  for (let parent = 0; parent < below.words.length; parent += 1) {
    const [start, end] = [below.firstChild[parent]!, below.firstChild[parent + 1]!];
    let left = 1;
    let leftBelow = 1;
    for (let child = start; child < end; child += 1) {
      left -= Math.exp(level.logProbs[child]!);
      leftBelow -= Math.exp(below.logProbs[level.suffixes[child]!]!);
    }
    if (end > start) below.backoffs[parent] = Math.log(left / leftBelow);
  }
}

function mixFrequencies(
  tables: readonly EstimatedTable[],
  weights: readonly number[],
  nodes: readonly Int32Array[],
  k: number,
): Float64Array {
  const result = new Float64Array(nodes[0]!.length);
  for (const [t, { frequencies }] of tables.entries()) {
    for (let i = 0; i < result.length; i += 1) {
      const node = nodes[t]![i]!;
      if (node >= 0) result[i]! += weights[t]! * frequencies[k]![node]!;
    }
  }
  return result;
}
