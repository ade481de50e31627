import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeepAlive } from '../../agent/server/keep-alive.ts';
import { FakeClock } from '../support/fake-clock.ts';

function setUp() {
  const clock = new FakeClock();
  const state = { pings: 0, dead: 0, paused: false };
  const keepAlive = new KeepAlive({
    clock,
    intervalMs: 100,
    ping: () => state.pings++,
    isPaused: () => state.paused,
    onDead: () => state.dead++,
  });
  keepAlive.start();
  return { clock, state, keepAlive };
}

test('a client that answers lives on', () => {
  const { clock, state, keepAlive } = setUp();
  for (let i = 0; i < 10; i++) {
    clock.advance(100);
    keepAlive.heard();
  }
  assert.deepEqual(state, { pings: 10, dead: 0, paused: false });
});

test('a client that misses two pings is dead at the third', () => {
  const { clock, state } = setUp();
  clock.advance(200);
  assert.deepEqual(state, { pings: 2, dead: 0, paused: false });
  clock.advance(100);
  assert.deepEqual(state, { pings: 2, dead: 1, paused: false });
  clock.advance(1000);
  assert.equal(state.dead, 1);
  assert.equal(clock.pendingTimers, 0);
});

test('a client is not blamed for answers that were not read', () => {
  const { clock, state } = setUp();
  state.paused = true;
  clock.advance(1000);
  state.paused = false;
  clock.advance(200);
  assert.equal(state.dead, 0);
});

test('stop may be called twice and leaves no timer', () => {
  const { clock, keepAlive } = setUp();
  keepAlive.stop();
  keepAlive.stop();
  assert.equal(clock.pendingTimers, 0);
});
