import { SENTENCE_START } from '../../agent/decoder/ngram-format.ts';
import { ARPA_ZERO } from './arpa.ts';
import { type CountLevel, countNgrams } from './ngram-counts.ts';
import { type NgramLevel, type NgramTable, suffixLinks } from './ngram-table.ts';

/** What is taken off counts of 1, 2, and 3 or more. */
type Discounts = readonly [number, number, number];

/** A model with what pruning needs to know of the text. */
export interface EstimatedTable extends NgramTable {
  /** By order, but for the highest: occurrences of each n-gram for each predicted word of the text. */
  readonly frequencies: readonly Float64Array[];
}

/** For texts too small to estimate them; those of KenLM. */
const FALLBACK_DISCOUNTS: Discounts = [0.5, 1, 1.5];

/**
 * Estimates a model by interpolated modified Kneser-Ney smoothing (Chen & Goodman 1998, "An Empirical Study of
 * Smoothing Techniques for Language Modeling", section 3). Below the highest order, n-grams count the different
 * words before them instead of their occurrences, unless they begin a sentence. Unigrams are interpolated with the
 * uniform distribution over all words but `<s>`.
 * @param tokens word ids; every sentence begins with `<s>` and ends with `</s>`
 * @param words by id
 */
export function estimateKneserNey(
  tokens: Uint32Array,
  order: number,
  words: readonly string[],
): EstimatedTable {
  const counted = countNgrams(tokens, order, words.length);
  const predicted = tokens.length - counted[0]!.counts[SENTENCE_START]!;
  const frequencies = counted
    .slice(0, -1)
    .map(({ counts }) => Float64Array.from(counts, (n) => n / predicted));
  const suffixes = suffixLinks(counted);
  const adjusted = adjustedCounts(counted, suffixes);
  const discounts = adjusted.map(estimateDiscounts);
  const levels = counted.map(({ words: ids, firstChild }, k) => ({
    words: ids,
    firstChild,
    logProbs: new Float64Array(ids.length),
    backoffs: new Float64Array(k < order - 1 ? ids.length : 0),
  }));
  estimateUnigrams(levels[0]!, adjusted[0]!, discounts[0]!);
  for (let k = 1; k < order; k += 1) {
    const [below, level] = [levels[k - 1]!, levels[k]!];
    estimateLevel({ below, level, suffixes: suffixes[k]!, counts: adjusted[k]!, discounts: discounts[k]! });
  }
  return { words, levels, frequencies };
}

/** The counts that probabilities of each order are made of. */
function adjustedCounts(levels: readonly CountLevel[], suffixes: readonly Int32Array[]): Uint32Array[] {
  const adjusted = levels.map(({ counts }) => counts);
  let [start, end]: [number, number] = [SENTENCE_START, SENTENCE_START + 1];
  for (let k = 0; k < levels.length - 1; k += 1) {
    const counts = new Uint32Array(levels[k]!.words.length);
    for (const suffix of suffixes[k + 1]!) counts[suffix]! += 1;
    if (k === 0) counts[SENTENCE_START] = 0;
    else counts.set(levels[k]!.counts.subarray(start, end), start);
    adjusted[k] = counts;
    [start, end] = [levels[k]!.firstChild[start]!, levels[k]!.firstChild[end]!];
  }
  if (levels.length === 1) adjusted[0] = levels[0]!.counts.with(SENTENCE_START, 0);
  return adjusted;
}

/** Chen & Goodman 1998, equation 26. */
function estimateDiscounts(counts: Uint32Array): Discounts {
  const occurring = new Float64Array(5);
  for (const count of counts) if (count > 0 && count < 5) occurring[count]! += 1;
  const [, n1 = 0, n2 = 0, n3 = 0, n4 = 0] = occurring;
  if (n1 === 0 || n2 === 0 || n3 === 0) return FALLBACK_DISCOUNTS;
  const y = n1 / (n1 + 2 * n2);
  const discounts: Discounts = [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3];
  return discounts.every((discount, i) => discount >= 0 && discount <= i + 1)
    ? discounts
    : FALLBACK_DISCOUNTS;
}

function discountOf(count: number, discounts: Discounts): number {
  return count === 0 ? 0 : discounts[Math.min(count, 3) - 1]!;
}

function estimateUnigrams({ logProbs }: NgramLevel, counts: Uint32Array, discounts: Discounts): void {
  let total = 0;
  let discounted = 0;
  for (const count of counts) {
    total += count;
    discounted += discountOf(count, discounts);
  }
  const uniform = discounted / total / (counts.length - 1);
  for (let word = 0; word < counts.length; word += 1) {
    const count = counts[word]!;
    logProbs[word] = Math.log((count - discountOf(count, discounts)) / total + uniform);
  }
  logProbs[SENTENCE_START] = ARPA_ZERO * Math.LN10;
}

interface LevelEstimate {
  readonly below: NgramLevel;
  readonly level: NgramLevel;
  readonly suffixes: Int32Array;
  readonly counts: Uint32Array;
  readonly discounts: Discounts;
}

function estimateLevel({ below, level, suffixes, counts, discounts }: LevelEstimate): void {
  for (let parent = 0; parent < below.words.length; parent += 1) {
    const [start, end] = [below.firstChild[parent]!, below.firstChild[parent + 1]!];
    let total = 0;
    let discounted = 0;
    for (let child = start; child < end; child += 1) {
      total += counts[child]!;
      discounted += discountOf(counts[child]!, discounts);
    }
    const weight = discounted / total;
    if (end > start) below.backoffs[parent] = Math.log(weight);
    for (let child = start; child < end; child += 1) {
      const own = (counts[child]! - discountOf(counts[child]!, discounts)) / total;
      level.logProbs[child] = Math.log(own + weight * Math.exp(below.logProbs[suffixes[child]!]!));
    }
  }
}
