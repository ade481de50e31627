import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ZeroWatch } from '../../../agent/server/page/zero-watch.js';

const SAMPLE_RATE = 1000;

function startWatch() {
  const changes: boolean[] = [];
  const watch = new ZeroWatch((zeros) => changes.push(zeros));
  const hear = (seconds: number, sample: number) => {
    for (let chunk = 0; chunk < seconds * 50; chunk += 1)
      watch.hear(new Float32Array(20).fill(sample), SAMPLE_RATE);
  };
  return { watch, hear, changes };
}

test('zeros are told of once, and that they are over', () => {
  const { hear, changes } = startWatch();
  hear(20, 0);
  assert.deepEqual(changes, [true]);
  hear(1, 1e-7);
  assert.deepEqual(changes, [true, false]);
});

test('zeros with which a microphone begins, and those between quiet sounds, are nothing', () => {
  const { hear, changes } = startWatch();
  for (let time = 0; time < 5; time += 1) {
    hear(5, 0);
    hear(0.02, -1e-7);
  }
  assert.deepEqual(changes, []);
});

test('a microphone that is let go is told of no more', () => {
  const { watch, hear, changes } = startWatch();
  hear(7, 0);
  watch.forget();
  watch.forget();
  assert.deepEqual(changes, [true, false]);
});
