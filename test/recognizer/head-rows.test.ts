import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeadRows, rowLengthOf } from '../../agent/recognizer/head-rows.ts';

const PHONEMES = { name: 'phonemes', length: 2 };
const LETTERS = { name: 'letters', length: 3 };
const logProbs = new Map([
  ['phonemes', Float32Array.of(1, 2, 3, 4, 5, 6)],
  ['letters', Float32Array.of(-1, -2, -3, -4, -5, -6, -7, -8, -9)],
]);

test('the rows of one head are those of the model, not copied', () => {
  const rows = new HeadRows();
  assert.equal(rows.select(logProbs, [LETTERS], 1, 2), logProbs.get('letters'));
  assert.equal(rows.offset, 3);
});

test('the rows of several heads stand side by side', () => {
  const rows = new HeadRows();
  const heads = [PHONEMES, LETTERS];
  const selected = rows.select(logProbs, heads, 1, 2);
  assert.equal(rows.offset, 0);
  assert.equal(rowLengthOf(heads), 5);
  assert.deepEqual([...selected.subarray(0, 10)], [3, 4, -4, -5, -6, 5, 6, -7, -8, -9]);
});

test('a longer run after a shorter one has room', () => {
  const rows = new HeadRows();
  rows.select(logProbs, [PHONEMES, LETTERS], 2, 1);
  const selected = rows.select(logProbs, [LETTERS, PHONEMES], 0, 3);
  assert.deepEqual([...selected.subarray(10, 15)], [-7, -8, -9, 5, 6]);
});
