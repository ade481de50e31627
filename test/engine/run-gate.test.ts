import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { RunGate } from '../../agent/engine/run-gate.ts';

test('an open gate lets calls through, a closed one does not', () => {
  const gate = new RunGate();
  assert.equal(gate.enter(), true);
  gate.leave();
  gate.close(1000);
  assert.equal(gate.enter(), false);
});

test('both threads see the same gate', () => {
  const gate = new RunGate();
  const other = new RunGate(gate.memory);
  gate.close(0);
  assert.equal(other.enter(), false);
});

test('close waits for the call that is under way', async () => {
  const gate = new RunGate();
  gate.enter();
  const worker = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     const cells = new Int32Array(workerData);
     parentPort.postMessage('inside');
     while (Atomics.load(cells, 0) === 0);
     Atomics.store(cells, 1, 0);
     Atomics.notify(cells, 1);`,
    { eval: true, workerData: gate.memory },
  );
  await once(worker, 'message');
  gate.close(60_000);
  assert.equal(new Int32Array(gate.memory)[1], 0, 'the call is over');
  await once(worker, 'exit');
});

test('close gives up after its time', () => {
  const gate = new RunGate();
  gate.enter();
  gate.close(5);
  assert.equal(gate.enter(), false);
});
