import { SENTENCE_END, SENTENCE_START } from '../../agent/decoder/ngram-format.ts';
import { findChild, type NgramTable } from './ngram-table.ts';

/**
 * Natural-log probability of `words[to - 1]` after the words from `from` up to it, by the definition of a back-off
 * model.
 */
export function logProb(table: NgramTable, words: ArrayLike<number>, from: number, to: number): number {
  const { levels } = table;
  const last = to - from - 1;
  if (last >= levels.length) return logProb(table, words, to - levels.length, to);
  let node = words[from]!;
  for (let k = 1; k <= last; k += 1) {
    const child = findChild(levels[k - 1]!, levels[k]!, node, words[from + k]!);
    if (child < 0) {
      const backoff = k === last ? levels[k - 1]!.backoffs[node]! : 0;
      return backoff + logProb(table, words, from + 1, to);
    }
    node = child;
  }
  return levels[last]!.logProbs[node]!;
}

/** Natural-log probability of each word but `<s>`, in order; sentences as in `countNgrams`. */
export function textLogProbs(table: NgramTable, tokens: Uint32Array): Float64Array {
  const result: number[] = [];
  let start = 0;
  for (let i = 0; i < tokens.length; i += 1) {
    if (tokens[i] === SENTENCE_START) start = i;
    else result.push(logProb(table, tokens, start, i + 1));
    if (tokens[i] === SENTENCE_END) start = i + 1;
  }
  return Float64Array.from(result);
}

/** Perplexity of natural-log probabilities: the number of equally likely words that would be as hard to guess. */
export function perplexity(logProbs: Float64Array): number {
  return Math.exp(-logProbs.reduce((sum, each) => sum + each, 0) / logProbs.length);
}
