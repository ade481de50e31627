import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { EngineTotals } from '../../agent/engine/engine-totals.ts';
import { WorkerHandle } from '../../agent/engine/worker-handle.ts';
import { SILENT_LOGGER } from '../../agent/logger.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** The main thread's side of a thread: the test speaks for the worker. */
class FakeThread extends EventEmitter {
  load(): void {
    this.emit('message', { type: 'ready', placement: {} });
  }

  end(): void {
    this.emit('exit', 1);
  }
}

function handled() {
  const clock = new FakeClock();
  const threads: FakeThread[] = [];
  const totals = new EngineTotals(0.04, 1);
  const create = () => {
    const thread = new FakeThread();
    threads.push(thread);
    return thread as unknown as Worker;
  };
  const handle = new WorkerHandle({ create, totals, log: SILENT_LOGGER, clock });
  /** How long it takes after the end of the last thread until there is another. */
  const pause = async () => {
    const { length } = threads;
    threads.at(-1)!.end();
    await new Promise(setImmediate); // a start that failed has been heard of
    const endedAt = clock.now();
    for (clock.advance(0); threads.length === length; ) clock.advance(250);
    return clock.now() - endedAt;
  };
  return { clock, threads, totals, handle, pause };
}

test('a worker that soon ends again and again is started after pauses that grow, until it runs for 60 s', async () => {
  const { clock, threads, totals, handle, pause } = handled();
  void handle.start();
  const pauses: number[] = [];
  for (const aliveMs of [0, 0, 59_999, 0, 0, 0, 0, 0, 0, 60_000, 0]) {
    threads.at(-1)!.load();
    clock.advance(aliveMs);
    pauses.push(await pause());
  }
  assert.deepEqual(pauses, [0, 250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 0, 250]);
  assert.equal(totals.workerRestarts, 11);
});

test('the pauses of a worker that can not be started count for when it ends after that', async () => {
  const { threads, handle, pause } = handled();
  void handle.start();
  threads.at(-1)!.load();
  assert.deepEqual([await pause(), await pause(), await pause()], [0, 250, 500]);
  threads.at(-1)!.load();
  assert.equal(await pause(), 1000);
});

test('closed in a pause, it starts no worker', async () => {
  const { clock, threads, handle } = handled();
  void handle.start();
  threads[0]!.load();
  threads[0]!.end();
  await handle.close();
  assert.equal(clock.pendingTimers, 0);
  clock.advance(60_000);
  assert.equal(threads.length, 1);
});
