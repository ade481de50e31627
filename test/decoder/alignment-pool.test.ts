import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlignmentPool } from '../../agent/decoder/alignment-pool.ts';

test('an alignment is read from its first token on', () => {
  const pool = new AlignmentPool();
  const first = pool.add(AlignmentPool.EMPTY, 3, Math.log(0.5));
  const second = pool.add(first, 7, 0);
  const { steps, posteriors } = pool.read(second, 2);
  assert.deepEqual(steps, [3, 7]);
  assert.ok(Math.abs(posteriors[0]! - 0.5) < 1e-12);
  assert.equal(posteriors[1], 1);
});

test('what is shared lives until the last reference is released', () => {
  const pool = new AlignmentPool();
  const shared = pool.add(AlignmentPool.EMPTY, 0, 0);
  const [a, b] = [pool.add(shared, 1, 0), pool.add(shared, 2, 0)];
  pool.release(shared);
  assert.equal(pool.size, 3);
  pool.release(a);
  assert.equal(pool.size, 2);
  assert.deepEqual(pool.read(b, 2).steps, [0, 2]);
  pool.release(b);
  assert.equal(pool.size, 0);
});

test('the alignment of no tokens can be retained and released', () => {
  const pool = new AlignmentPool();
  assert.equal(pool.retain(AlignmentPool.EMPTY), AlignmentPool.EMPTY);
  pool.release(AlignmentPool.EMPTY);
  assert.equal(pool.size, 0);
});

test('it grows when more is alive than fits, and uses what was released again', () => {
  const pool = new AlignmentPool();
  let last = AlignmentPool.EMPTY;
  for (let step = 0; step < 1000; step += 1) {
    const next = pool.add(last, step, 0);
    pool.release(last);
    last = next;
  }
  const capacity = pool.step.length;
  assert.deepEqual(
    pool.read(last, 1000).steps,
    Array.from({ length: 1000 }, (_, i) => i),
  );
  pool.release(last);
  for (let step = 0; step < 5000; step += 1) pool.release(pool.add(AlignmentPool.EMPTY, step, 0));
  assert.equal(pool.step.length, capacity);
});
