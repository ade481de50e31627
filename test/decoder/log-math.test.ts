import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { argmax, logAdd } from '../../agent/decoder/log-math.ts';

const ZERO = Number.NEGATIVE_INFINITY;

test('logAdd adds probabilities', () => {
  const probability = fc.double({ min: 1e-12, max: 1, noNaN: true });
  fc.assert(
    fc.property(probability, probability, (p, q) => {
      assert.ok(Math.abs(logAdd(Math.log(p), Math.log(q)) - Math.log(p + q)) < 1e-12);
    }),
  );
});

test('logAdd keeps probability zero', () => {
  assert.equal(logAdd(ZERO, ZERO), ZERO);
  assert.equal(logAdd(ZERO, -3), -3);
  assert.equal(logAdd(-3, ZERO), -3);
});

test('logAdd works far below what exp can show', () => {
  assert.ok(Math.abs(logAdd(-5000, -5000) - (-5000 + Math.LN2)) < 1e-9);
});

test('argmax looks at its row only and takes the first of equals', () => {
  const values = Float32Array.of(9, 1, 3, 3, 2, 9);
  assert.equal(argmax(values, 1, 4), 1);
});
