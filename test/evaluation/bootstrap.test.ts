import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrapInterval } from '../../agent/evaluation/bootstrap.ts';

const samples = Array.from({ length: 100 }, (_, index) => ({ errors: index % 4, reference: 10 }));

test('gives the same interval for the same seed and another for another', () => {
  assert.deepEqual(bootstrapInterval(samples, { seed: 7 }), bootstrapInterval(samples, { seed: 7 }));
  assert.notDeepEqual(bootstrapInterval(samples, { seed: 7 }), bootstrapInterval(samples, { seed: 8 }));
});

test('holds the rate, and agrees with the normal approximation', () => {
  const interval = bootstrapInterval(samples)!;
  const standardError = Math.sqrt(1.25 / 100) / 10;
  assert.ok(Math.abs(interval.low - (0.15 - 1.96 * standardError)) < 0.004, `low ${interval.low}`);
  assert.ok(Math.abs(interval.high - (0.15 + 1.96 * standardError)) < 0.004, `high ${interval.high}`);
});

test('is wider at a higher level', () => {
  const narrow = bootstrapInterval(samples, { level: 0.5 })!;
  const wide = bootstrapInterval(samples, { level: 0.99 })!;
  assert.ok(wide.low < narrow.low && wide.high > narrow.high);
});

test('is a point when all utterances are alike', () => {
  assert.deepEqual(bootstrapInterval([{ errors: 1, reference: 4 }]), { low: 0.25, high: 0.25 });
});

test('does not exist without a reference', () => {
  assert.equal(bootstrapInterval([]), null);
  assert.equal(bootstrapInterval([{ errors: 2, reference: 0 }]), null);
});
