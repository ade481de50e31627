import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachConcurrently } from '../../agent/cli/concurrency.ts';
import { OrderedOutput } from '../../agent/cli/ordered-output.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('handles every item once, never more than the limit at a time', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await forEachConcurrently([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await turn();
    running -= 1;
    done.push(item);
  });
  assert.deepEqual(done.sort(), [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(most, 3);
});

test('takes an item only when there is room for it', async () => {
  let taken = 0;
  async function* items() {
    for (taken = 1; taken <= 100; taken++) yield taken;
  }
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const all = forEachConcurrently(items(), 2, () => held);
  for (let round = 0; round < 10; round++) await turn();
  assert.ok(taken <= 3, `${taken} taken`);
  release();
  await all;
});

test('takes no more after a failure, lets the running ones end, and throws it', async () => {
  const started: number[] = [];
  const ended: number[] = [];
  const all = forEachConcurrently([1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    await turn();
    if (item === 1) throw new Error('one');
    ended.push(item);
  });
  await assert.rejects(all, /one/);
  assert.ok(started.length < 5, `${started.length} started`);
  assert.deepEqual(ended, started.slice(1));
});

test('keeps the outputs of several producers in order', () => {
  let written = '';
  const output = new OrderedOutput(3, (text) => (written += text));
  output.write(1, 'b1 ');
  output.write(0, 'a1 ');
  output.write(2, 'c1 ');
  output.end(2);
  assert.equal(written, 'a1 ');
  output.write(1, 'b2 ');
  output.end(0);
  assert.equal(written, 'a1 b1 b2 ');
  output.write(1, 'b3 ');
  output.end(1);
  assert.equal(written, 'a1 b1 b2 b3 c1 ');
});
