import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forcedAlignment, type Sayings } from '../../../scripts/decoder-tuning/forced-alignment.ts';

const WIDTH = 4;
const BLANK = 0;

/** Rows in which one token of each step is nearly sure. */
function align(tokens: readonly number[], words: readonly Sayings[]) {
  const rows = Float32Array.from(
    tokens.flatMap((token) => Array.from({ length: WIDTH }, (_, i) => (i === token ? -0.1 : -4))),
  );
  return forcedAlignment({ rows, steps: tokens.length, width: WIDTH, blank: BLANK }, words);
}

test('dates words by their first and last token, blanks within them included', () => {
  assert.deepEqual(align([0, 1, 0, 2, 2, 0, 3, 0], [[[1, 2]], [[3]]]), [
    { startStep: 1, endStep: 4 },
    { startStep: 6, endStep: 6 },
  ]);
});

test('takes the way to say a word that was said', () => {
  const words = [[[1, 2], [3]], [[2]]];
  assert.deepEqual(align([3, 0, 0, 2], words), [
    { startStep: 0, endStep: 0 },
    { startStep: 3, endStep: 3 },
  ]);
});

test('parts equal tokens by a blank, from word to word too', () => {
  assert.deepEqual(align([1, 1, 0, 1], [[[1]], [[1]]]), [
    { startStep: 0, endStep: 1 },
    { startStep: 3, endStep: 3 },
  ]);
});

test('finds nothing when there are fewer steps than tokens', () => {
  assert.equal(align([1], [[[1, 2]]]), null);
  assert.equal(align([], [[[1]]]), null);
});
