import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackOff } from '../../agent/client/back-off.ts';

test('doubles the pause up to the longest, and begins anew after a success', () => {
  const backOff = new BackOff({ minMs: 100, maxMs: 350, random: () => 0.999999 });
  const pauses = () => Math.round(backOff.next());
  assert.deepEqual([pauses(), pauses(), pauses(), pauses()], [100, 200, 350, 350]);
  backOff.reset();
  assert.equal(pauses(), 100);
});

test('draws each pause from the upper half of its bound', () => {
  assert.equal(new BackOff({ minMs: 100, random: () => 0 }).next(), 50);
});
