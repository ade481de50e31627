import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SilenceWatch } from '../../../agent/server/page/silence-watch.js';
import { setGlobal } from './fake-socket.ts';

const LONGEST_MS = 4000;

function watch(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  setGlobal(t, 'window', globalThis);
  const changes: boolean[] = [];
  return { changes, silence: new SilenceWatch(LONGEST_MS, (silent) => changes.push(silent)) };
}

test('silence is told once, and its end', (t) => {
  const { changes, silence } = watch(t);
  silence.start();
  t.mock.timers.tick(LONGEST_MS);
  assert.deepEqual(changes, []);
  t.mock.timers.tick(4 * LONGEST_MS);
  assert.deepEqual(changes, [true]);
  silence.heard();
  silence.heard();
  assert.deepEqual(changes, [true, false]);
});

test('what is heard in time is no silence, and nothing is when nothing has to come', (t) => {
  const { changes, silence } = watch(t);
  t.mock.timers.tick(4 * LONGEST_MS);
  silence.start();
  for (let second = 0; second < 100; second += 1) {
    t.mock.timers.tick(1000);
    silence.heard();
  }
  silence.stop();
  t.mock.timers.tick(4 * LONGEST_MS);
  assert.deepEqual(changes, []);
});

test('a watch that is stopped ends the silence, and may start again', (t) => {
  const { changes, silence } = watch(t);
  silence.start();
  t.mock.timers.tick(2 * LONGEST_MS);
  silence.stop();
  assert.deepEqual(changes, [true, false]);
  silence.start();
  t.mock.timers.tick(2 * LONGEST_MS);
  assert.deepEqual(changes, [true, false, true]);
});
