import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addCounts,
  characterErrors,
  errorRate,
  NO_ERRORS,
  totalErrors,
  wordErrors,
} from '../../agent/evaluation/error-counts.ts';

test('counts substitutions, insertions and deletions of words', () => {
  const counts = wordErrors(['the', 'cat', 'sat', 'here'], ['a', 'cat', 'sat', 'down', 'here']);
  assert.deepEqual(counts, { reference: 4, substitutions: 1, insertions: 1, deletions: 0 });
  assert.equal(errorRate(counts), 0.5);
});

test('counts characters with the spaces between words', () => {
  const counts = characterErrors('ice cream', 'icecream');
  assert.deepEqual(counts, { reference: 9, substitutions: 0, insertions: 0, deletions: 1 });
});

test('gives a rate above one when more is inserted than was said', () => {
  assert.equal(errorRate(wordErrors(['yes'], ['no', 'no', 'no'])), 3);
});

test('has no rate for an empty reference, but still counts what was inserted', () => {
  const counts = wordErrors([], ['hm']);
  assert.equal(errorRate(counts), null);
  assert.equal(totalErrors(counts), 1);
});

test('adds counts up', () => {
  const one = wordErrors(['a', 'b'], ['a']);
  const two = wordErrors(['a'], ['x', 'y']);
  assert.deepEqual([one, two].reduce(addCounts, NO_ERRORS), {
    reference: 3,
    substitutions: 1,
    insertions: 1,
    deletions: 1,
  });
});
