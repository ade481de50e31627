import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChunkQueue } from '../../agent/capture/chunk-queue.ts';

async function drain(queue: ChunkQueue): Promise<number[]> {
  const firsts: number[] = [];
  for await (const { samples } of queue) firsts.push(samples[0]!);
  return firsts;
}

test('chunks come out in the order in which they came in, and the end after them', async () => {
  const queue = new ChunkQueue(100);
  for (const value of [1, 2, 3]) queue.push(Int16Array.of(value));
  queue.end();
  queue.push(Int16Array.of(4));
  assert.deepEqual(await drain(queue), [1, 2, 3]);
  assert.equal(queue.droppedSamples, 0);
});

test('when too much waits, the oldest chunks are dropped and counted', async () => {
  const queue = new ChunkQueue(10);
  for (let value = 0; value < 5; value++) queue.push(new Int16Array(4).fill(value));
  queue.end();
  assert.deepEqual(await drain(queue), [3, 4]);
  assert.equal(queue.droppedSamples, 12);
});

test('one chunk larger than the whole queue still comes out', async () => {
  const queue = new ChunkQueue(10);
  queue.push(new Int16Array(50).fill(7));
  queue.end();
  assert.deepEqual(await drain(queue), [7]);
});

test('a reader that waits gets the next chunk, and then the end', async () => {
  const queue = new ChunkQueue(10);
  const chunks = queue[Symbol.asyncIterator]();
  const first = chunks.next();
  queue.push(Int16Array.of(5));
  assert.equal((await first).value?.samples[0], 5);
  const second = chunks.next();
  queue.end();
  assert.equal((await second).done, true);
});
