import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distribution, quantile } from '../../agent/evaluation/quantile.ts';

test('interpolates between neighbours', () => {
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(quantile([1, 2, 3, 4], 0), 1);
  assert.equal(quantile([1, 2, 3, 4], 1), 4);
  assert.equal(quantile([5], 0.95), 5);
});

test('describes values in any order', () => {
  assert.deepEqual(distribution([3, 1, 2]), { count: 3, mean: 2, p50: 2, p95: 2.9, max: 3 });
  assert.equal(distribution([]), null);
});
