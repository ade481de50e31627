import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clock, delay, preciseClock, subtitleTime } from '../../../agent/server/page/time-format.js';

test('a position is written with as few fields as it needs', () => {
  assert.equal(clock(0), '0:00');
  assert.equal(clock(67.9), '1:07');
  assert.equal(clock(3723), '1:02:03');
  assert.equal(clock(-0.2), '0:00');
});

test('a subtitle time has all fields and carries rounding over', () => {
  assert.equal(subtitleTime(0), '00:00:00,000');
  assert.equal(subtitleTime(59.9996), '00:01:00,000');
  assert.equal(subtitleTime(3723.45), '01:02:03,450');
});

test('a word time carries hundredths over', () => {
  assert.equal(preciseClock(62.345), '1:02.35');
  assert.equal(preciseClock(59.999), '1:00.00');
});

test('a delay changes its unit at one second', () => {
  assert.equal(delay(184), '180 ms');
  assert.equal(delay(1240), '1.2 s');
});
