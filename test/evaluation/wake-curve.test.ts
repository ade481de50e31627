import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alarmsPerHour,
  missedShare,
  mostAlarmsPerHour,
  proposedPoint,
  WAKE_THRESHOLDS,
} from '../../agent/evaluation/wake-curve.ts';

const curve = (alarms: readonly number[], hours = 2) => ({
  recordings: 10,
  hours,
  points: alarms.map((falseAlarms, i) => ({ threshold: i / 10, missed: i, falseAlarms })),
});

test('thresholds ascend between 0 and 1', () => {
  for (const [i, threshold] of WAKE_THRESHOLDS.entries()) {
    assert.ok(threshold > (WAKE_THRESHOLDS[i - 1] ?? 0) && threshold < 1, String(threshold));
  }
});

test('shares and rates', () => {
  const measured = curve([8, 3]);
  assert.equal(missedShare(measured, measured.points[1]!), 0.1);
  assert.equal(alarmsPerHour(measured, measured.points[1]!), 1.5);
  assert.equal(alarmsPerHour({ ...measured, hours: 0 }, measured.points[1]!), null);
  assert.equal(missedShare(measured, { threshold: 0.5, missed: null, falseAlarms: 1 }), null);
});

test('the proposal is the lowest threshold from which on there are few enough false alarms', () => {
  assert.equal(proposedPoint(curve([9, 4, 1, 1, 0]), 0.5)?.threshold, 0.2);
  assert.equal(proposedPoint(curve([9, 1, 4, 1, 0]), 0.5)?.threshold, 0.3);
  assert.equal(proposedPoint(curve([9, 4, 3]), 0.5), null);
  assert.equal(proposedPoint(curve([0, 0], 0), 0.5), null);
});

test('few hours prove little: the bounds are those of the Poisson distribution', () => {
  // exact values: half of the chi-squared quantile 0.95 with 2 (n + 1) degrees of freedom
  for (const [alarms, exact] of [
    [0, 2.996],
    [1, 4.744],
    [10, 16.962],
  ] as const) {
    assert.ok(Math.abs(mostAlarmsPerHour(alarms, 1) - exact) < 0.05, String(alarms));
    assert.ok(Math.abs(mostAlarmsPerHour(alarms, 4) - exact / 4) < 0.02);
  }
});
