import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spread } from '../../agent/evaluation/spread.ts';

test('spreads the rows that are taken over all of them', () => {
  assert.deepEqual(spread([0, 1, 2, 3, 4, 5, 6, 7], 4), [0, 2, 4, 6]);
  assert.deepEqual(spread([0, 1], 4), [0, 1]);
});
