import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArrivalLog } from '../../agent/engine/arrival-log.ts';

test('audio arrived with the block that brought its last sample', () => {
  const log = new ArrivalLog();
  log.add(160, 10);
  log.add(320, 20);
  assert.equal(log.audioArrival(1), 10);
  assert.equal(log.audioArrival(160), 10);
  assert.equal(log.audioArrival(161), 20);
  assert.equal(log.audioArrival(321), undefined);
});

test('a flush arrived at its own time, not at that of the audio before it', () => {
  const log = new ArrivalLog();
  log.add(160, 10);
  log.add(160, 500);
  log.add(320, 900);
  assert.equal(log.audioArrival(160), 10);
  assert.equal(log.markArrival(160), 500);
});

test('what was consumed is forgotten, the newest entry stays', () => {
  const log = new ArrivalLog();
  log.add(160, 10);
  log.add(320, 20);
  log.forget(200);
  assert.equal(log.audioArrival(100), 20);
  log.forget(1000);
  assert.equal(log.audioArrival(320), 20);
});

test('any number of flushes at one place takes constant room', () => {
  const log = new ArrivalLog();
  log.add(160, 10);
  for (let i = 0; i < 100; i++) log.add(160, 100 + i);
  assert.equal(log.length, 2);
  assert.equal(log.audioArrival(160), 10);
  assert.equal(log.markArrival(160), 199);
});
