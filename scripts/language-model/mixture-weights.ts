import type { NgramTable } from './ngram-table.ts';
import { textLogProbs } from './table-score.ts';

const ROUNDS = 50;

/**
 * The weights under which the linear interpolation of `tables` finds `tokens` most likely, by expectation
 * maximisation (Jelinek & Mercer 1980).
 */
export function tuneWeights(tables: readonly NgramTable[], tokens: Uint32Array): number[] {
  const probs = tables.map((table) => textLogProbs(table, tokens).map(Math.exp));
  const length = probs[0]!.length;
  let weights = tables.map(() => 1 / tables.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    const shares = new Float64Array(tables.length);
    for (let i = 0; i < length; i += 1) {
      const total = probs.reduce((sum, each, t) => sum + weights[t]! * each[i]!, 0);
      for (const [t, each] of probs.entries()) shares[t]! += (weights[t]! * each[i]!) / total;
    }
    weights = Array.from(shares, (share) => share / length);
  }
  return weights;
}
