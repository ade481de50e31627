import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockAlignment } from '../../../agent/server/page/clock-alignment.js';
import { LatencyGauge } from '../../../agent/server/page/latency-gauge.js';

test('latency runs from the moment a sound was captured to the moment its words are shown', () => {
  const gauge = new LatencyGauge();
  assert.equal(gauge.typicalMs, undefined);
  gauge.heard(10, 5000);
  gauge.shown(9.9, 5080);
  assert.equal(Math.round(gauge.typicalMs ?? 0), 180);
});

test('the shown latency is the median, so that one late word does not move it', () => {
  const gauge = new LatencyGauge();
  for (const [index, lateMs] of [100, 120, 3000, 110, 130].entries()) {
    gauge.heard(index + 1, index * 10_000);
    gauge.shown(index + 1, index * 10_000 + lateMs);
  }
  assert.equal(gauge.typicalMs, 120);
});

test('an event that reaches no further than the one before is not measured', () => {
  const gauge = new LatencyGauge();
  gauge.heard(2, 1000);
  gauge.shown(2, 1100);
  gauge.shown(2, 9000);
  assert.equal(gauge.typicalMs, 100);
});

test('the event with the least delay tells where the other clock stands', () => {
  const alignment = new ClockAlignment();
  assert.equal(alignment.align(100, 1.5), -98.5);
  assert.equal(alignment.align(101, 2.2), -98.8);
  assert.equal(alignment.align(102, 4), -98.8);
});

test('a clock that was started anew is found again', () => {
  const alignment = new ClockAlignment();
  alignment.align(100, 1);
  assert.equal(alignment.align(0.5, 20), 19.5);
});
