import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArrivalLog } from '../../agent/engine/arrival-log.ts';

test('audio arrived with the chunk that brought its last sample', () => {
  const log = new ArrivalLog();
  log.addAudio(160, 10);
  log.addAudio(320, 20);
  assert.equal(log.audioArrival(1), 10);
  assert.equal(log.audioArrival(160), 10);
  assert.equal(log.audioArrival(161), 20);
  assert.equal(log.audioArrival(321), undefined);
});

test('chunks that come within a millisecond take one entry', () => {
  const log = new ArrivalLog();
  for (let i = 1; i <= 1000; i++) log.addAudio(i, 10 + i / 2000);
  assert.equal(log.length, 1);
  assert.equal(log.audioArrival(1000), 10.0005);
  log.addMark(1000, 10.6);
  log.addAudio(1001, 10.7);
  assert.equal(log.markArrival(1000), 10.6);
});

test('a flush arrived at its own time, not at that of the audio before it', () => {
  const log = new ArrivalLog();
  log.addAudio(160, 10);
  log.addMark(160, 500);
  log.addAudio(320, 900);
  assert.equal(log.audioArrival(160), 10);
  assert.equal(log.markArrival(160), 500);
});

test('what was consumed is forgotten, the newest entry stays', () => {
  const log = new ArrivalLog();
  log.addAudio(160, 10);
  log.addAudio(320, 20);
  log.forget(200);
  assert.equal(log.audioArrival(100), 20);
  log.forget(1000);
  assert.equal(log.audioArrival(320), 20);
});

test('any number of flushes at one place takes constant room', () => {
  const log = new ArrivalLog();
  log.addAudio(160, 10);
  for (let i = 0; i < 100; i++) log.addMark(160, 100 + i);
  assert.equal(log.length, 2);
  assert.equal(log.audioArrival(160), 10);
  assert.equal(log.markArrival(160), 199);
});
