import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CtcGreedy } from '../../agent/decoder/ctc-greedy.ts';
import { argmax } from '../../agent/decoder/log-math.ts';
import { anyRows, collapse, letterTable, normalised, peaky } from './log-probs.ts';

const SIZE = 4;
const table = letterTable(SIZE);

test('greedy decoding is the collapsed argmax, however the steps are split', () => {
  fc.assert(
    fc.property(
      anyRows(SIZE, { minLength: 0, maxLength: 40 }),
      fc.infiniteStream(fc.nat(5)),
      (rows, splits) => {
        const logProbs = normalised(rows);
        const decoder = new CtcGreedy(table);
        for (let step = 0; step < rows.length; ) {
          const count = Math.min(rows.length - step, splits.next().value as number);
          decoder.accept(logProbs, count, step * SIZE);
          step += count;
        }
        const path = rows.map((_, step) => argmax(logProbs, step * SIZE, SIZE));
        assert.deepEqual(decoder.best().tokens, collapse(path));
        assert.equal(decoder.stableTokens(), decoder.best().tokens.length);
      },
    ),
  );
});

test('a token has the step and posterior of the highest point of its run', () => {
  const decoder = new CtcGreedy(table);
  decoder.accept(
    normalised([
      [9, 1, 0, 0],
      [3, 5, 1, 1],
      [1, 9, 0, 0],
      [2, 8, 0, 0],
      [9, 1, 0, 0],
    ]),
    5,
  );
  const { steps, posteriors, score } = decoder.best();
  assert.deepEqual(steps, [2]);
  assert.ok(Math.abs(posteriors[0]! - 0.9) < 1e-6);
  assert.ok(Math.abs(score - Math.log(0.9 * 0.5 * 0.9 * 0.8 * 0.9)) < 1e-6);
});

test('a blank separates equal tokens', () => {
  const decoder = new CtcGreedy(table);
  decoder.accept(peaky([1, 1, 0, 1], SIZE), 4);
  assert.deepEqual(decoder.best().tokens, [1, 1]);
});

test('trailing blanks are counted from the end', () => {
  const decoder = new CtcGreedy(table);
  decoder.accept(peaky([0, 0], SIZE), 2);
  assert.equal(decoder.trailingBlankSteps(), 2);
  decoder.accept(peaky([2, 0, 0, 0], SIZE), 4);
  assert.equal(decoder.trailingBlankSteps(), 3);
});

test('the revision changes with the tokens and only then', () => {
  const decoder = new CtcGreedy(table);
  const revisions = [0, 1, 1, 0, 1].map((token) => {
    decoder.accept(peaky([token], SIZE), 1);
    return decoder.revision;
  });
  const changes = revisions.map((revision, i) => revision !== revisions[i - 1]);
  assert.deepEqual(changes.slice(1), [true, false, false, true]);
});

test('reset forgets everything, also the last token', () => {
  const decoder = new CtcGreedy(table);
  decoder.accept(peaky([1], SIZE), 1);
  decoder.reset();
  assert.deepEqual(decoder.best(), {
    tokens: [],
    steps: [],
    posteriors: [],
    words: [],
    confidence: 0,
    score: 0,
  });
  decoder.accept(peaky([1], SIZE), 1);
  assert.deepEqual(decoder.best().tokens, [1]);
  assert.deepEqual(decoder.best().steps, [0]);
});

test('an hour of tokens without a reset is kept whole', () => {
  const decoder = new CtcGreedy(table);
  const path = Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 0 : 1 + (i % 3)));
  decoder.accept(peaky(path, SIZE), path.length);
  assert.deepEqual(decoder.best().tokens, collapse(path));
});

test('there is one hypothesis', () => {
  const decoder = new CtcGreedy(table);
  assert.equal(decoder.nBest(5).length, 1);
  assert.equal(decoder.nBest(0).length, 0);
});
