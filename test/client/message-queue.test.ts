import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageQueue } from '../../agent/client/message-queue.ts';

const UNBOUNDED = { pause: () => {}, resume: () => {} };

async function collect<T>(queue: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of queue) values.push(value);
  return values;
}

test('gives values in order, whether they come before or during the iteration', async () => {
  const queue = new MessageQueue<number>(10, UNBOUNDED);
  queue.push(1);
  const values = collect(queue);
  await Promise.resolve();
  queue.push(2);
  queue.end();
  queue.push(3);
  assert.deepEqual(await values, [1, 2]);
});

test('fails after the values that were there', async () => {
  const queue = new MessageQueue<number>(10, UNBOUNDED);
  queue.push(1);
  queue.fail(new Error('lost'));
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const value of queue) seen.push(value);
  }, /lost/);
  assert.deepEqual(seen, [1]);
});

test('pauses its source when full and resumes it when half is read', async () => {
  const calls: string[] = [];
  const queue = new MessageQueue<number>(4, {
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
  });
  for (const value of [1, 2, 3, 4, 5]) queue.push(value);
  assert.deepEqual(calls, ['pause']);
  const iterator = queue[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.next();
  assert.deepEqual(calls, ['pause']);
  await iterator.next();
  assert.deepEqual(calls, ['pause', 'resume']);
});
