import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdleTimer } from '../../agent/server/idle-timer.ts';
import { FakeClock } from '../support/fake-clock.ts';

function setUp() {
  const clock = new FakeClock();
  const state = { idle: 0 };
  const timer = new IdleTimer(clock, 1000, () => state.idle++);
  timer.start();
  return { clock, state, timer };
}

test('it fires exactly one timeout after the last touch', () => {
  const { clock, state, timer } = setUp();
  for (let i = 0; i < 7; i++) {
    clock.advance(450);
    timer.touch();
  }
  clock.advance(999);
  assert.equal(state.idle, 0);
  clock.advance(1);
  assert.equal(state.idle, 1);
});

test('touching arms no new timer', () => {
  const { clock, timer } = setUp();
  for (let i = 0; i < 100; i++) timer.touch();
  assert.equal(clock.pendingTimers, 1);
});

test('stop may be called twice and leaves no timer', () => {
  const { clock, state, timer } = setUp();
  timer.stop();
  timer.stop();
  clock.advance(5000);
  assert.deepEqual([state.idle, clock.pendingTimers], [0, 0]);
});
