import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { SENTENCE_START } from '../../../agent/decoder/ngram-format.ts';
import { pruneTable } from '../../../scripts/language-model/entropy-pruning.ts';
import { estimateKneserNey } from '../../../scripts/language-model/kneser-ney.ts';
import { mixTables } from '../../../scripts/language-model/mixture.ts';
import { tuneWeights } from '../../../scripts/language-model/mixture-weights.ts';
import { type NgramTable, ngramCount } from '../../../scripts/language-model/ngram-table.ts';
import { logProb, perplexity, textLogProbs } from '../../../scripts/language-model/table-score.ts';
import { randomTokens, randomWords } from '../../support/random-text.ts';

/** Every history of the table: the words of each n-gram that another one continues. */
function historiesOf({ levels, words }: NgramTable): number[][] {
  const histories: number[][] = [[]];
  const visit = (k: number, node: number, path: readonly number[]): void => {
    const history = [...path, levels[k]!.words[node]!];
    const [start, end] = [levels[k]!.firstChild[node] ?? 0, levels[k]!.firstChild[node + 1] ?? 0];
    if (end > start) histories.push(history);
    for (let child = start; child < end; child += 1) visit(k + 1, child, history);
  };
  for (let word = 0; word < words.length; word += 1) visit(0, word, []);
  return histories;
}

function assertNormalised(table: NgramTable): void {
  for (const history of historiesOf(table)) {
    let sum = 0;
    for (let word = 0; word < table.words.length; word += 1) {
      if (word !== SENTENCE_START) sum += Math.exp(logProb(table, [...history, word], 0, history.length + 1));
    }
    assert.ok(Math.abs(sum - 1) < 1e-9, `after ${history} the probabilities sum to ${sum}`);
  }
}

const textShape = fc.record({
  seed: fc.nat(),
  words: fc.integer({ min: 1, max: 30 }),
  sentences: fc.integer({ min: 1, max: 120 }),
});
const order = fc.integer({ min: 1, max: 4 });

test('after every history the probabilities of all words sum to 1: estimated, mixed and pruned', () => {
  fc.assert(
    fc.property(order, textShape, textShape, fc.double({ min: 0, max: 1, noNaN: true }), (n, a, b, keep) => {
      const words = randomWords(30);
      const tables = [a, b].map((shape) => estimateKneserNey(randomTokens(shape), n, words));
      assertNormalised(tables[0]!);
      const mixed = mixTables(tables, [0.3, 0.7]);
      assertNormalised(mixed);
      const most = words.length + Math.floor(keep * (ngramCount(mixed) - words.length));
      const pruned = pruneTable(mixed, most);
      assert.ok(ngramCount(pruned) <= most, `${ngramCount(pruned)} n-grams, asked for ${most}`);
      assertNormalised(pruned);
    }),
    { numRuns: 40 },
  );
});

test('a mixture gives each n-gram the weighted mean of what its components give', () => {
  const words = randomWords(12);
  const tables = [1, 2].map((seed) =>
    estimateKneserNey(randomTokens({ seed, words: 12, sentences: 60 }), 3, words),
  );
  const mixed = mixTables(tables, [0.25, 0.75]);
  const tokens = randomTokens({ seed: 1, words: 12, sentences: 60 });
  const parts = tables.map((table) => textLogProbs(table, tokens).map(Math.exp));
  const got = textLogProbs(mixed, tokens).map(Math.exp);
  for (const [i, p] of got.entries())
    assert.ok(Math.abs(p - 0.25 * parts[0]![i]! - 0.75 * parts[1]![i]!) < 1e-12);
});

test('tuned weights favour the component that the text is from', () => {
  const words = randomWords(20);
  const near = estimateKneserNey(randomTokens({ seed: 1, words: 4, sentences: 80 }), 2, words);
  const far = estimateKneserNey(randomTokens({ seed: 2, words: 20, sentences: 80 }), 2, words);
  const text = randomTokens({ seed: 3, words: 4, sentences: 80 });
  const weights = tuneWeights([near, far], text);
  assert.ok(weights[0]! > 0.9, `weights ${weights}`);
  assert.ok(Math.abs(weights[0]! + weights[1]! - 1) < 1e-9);
});

test('pruning little costs little: what goes first is what matters least', () => {
  const words = randomWords(30);
  const table = estimateKneserNey(randomTokens({ seed: 1, words: 30, sentences: 400 }), 3, words);
  const text = randomTokens({ seed: 1, words: 30, sentences: 400 });
  const sizes = [1, 0.5, 0.25, 0.1].map((share) => Math.floor(share * ngramCount(table)));
  const results = sizes.map((size) => perplexity(textLogProbs(pruneTable(table, size), text)));
  assert.deepEqual(
    results,
    [...results].sort((x, y) => x - y),
  );
  assert.equal(ngramCount(pruneTable(table, sizes[0]!)), sizes[0]);
});
