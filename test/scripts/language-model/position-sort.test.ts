import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { SENTENCE_END, SENTENCE_START } from '../../../agent/decoder/ngram-format.ts';
import { countNgrams } from '../../../scripts/language-model/ngram-counts.ts';
import { sortedPositions } from '../../../scripts/language-model/position-sort.ts';
import { randomTokens } from '../../support/random-text.ts';

const WORDS = 12;
const text = fc.record({ seed: fc.nat(), words: fc.constant(WORDS - 3), sentences: fc.nat({ max: 50 }) });
const order = fc.integer({ min: 1, max: 5 });

test('positions are sorted by the words that begin there', () => {
  fc.assert(
    fc.property(text, order, (shape, n) => {
      const tokens = randomTokens(shape);
      const keyAt = (at: number) => Array.from({ length: n }, (_, k) => tokens[at + k] ?? 0);
      const compare = (a: number, b: number): number => {
        const [x, y] = [keyAt(a), keyAt(b)];
        const k = x.findIndex((id, i) => id !== y[i]);
        return k < 0 ? a - b : x[k]! - y[k]!;
      };
      const expected = Array.from(tokens.keys()).sort(compare);
      assert.deepEqual([...sortedPositions(tokens, n, WORDS)], expected);
    }),
  );
});

/** Counts by definition: every run of `length` words within a sentence. */
function countPlainly(tokens: Uint32Array, length: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + length <= tokens.length; at += 1) {
    const ngram = tokens.subarray(at, at + length);
    if (ngram.subarray(0, -1).includes(SENTENCE_END) || ngram.subarray(1).includes(SENTENCE_START)) continue;
    const key = ngram.join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

test('every n-gram within a sentence is counted, in the order of its words', () => {
  fc.assert(
    fc.property(text, order, (shape, n) => {
      const tokens = randomTokens(shape);
      const levels = countNgrams(tokens, n, WORDS);
      let ngrams = Array.from({ length: WORDS }, (_, id) => [id]);
      for (const [k, { words, firstChild, counts }] of levels.entries()) {
        const counted = ngrams.flatMap((ngram, i) =>
          counts[i]! > 0 ? [[ngram.join(' '), counts[i]!] as const] : [],
        );
        assert.deepEqual(new Map(counted), countPlainly(tokens, k + 1));
        const above = levels[k + 1];
        if (!above) break;
        assert.equal(firstChild.length, words.length + 1);
        ngrams = ngrams.flatMap((ngram, i) =>
          [...above.words.subarray(firstChild[i], firstChild[i + 1])].map((word) => [...ngram, word]),
        );
      }
    }),
  );
});
