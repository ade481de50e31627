import assert from 'node:assert/strict';
import { uptime } from 'node:os';
import { test } from 'node:test';
import { SYSTEM_CLOCK } from '../agent/clock.ts';

const HOUR_MS = 3_600_000;
const MONTHS_MS = 60 * 24 * HOUR_MS;

test('a timer of two months takes two months, and one that is cancelled never comes', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let calls = 0;
  const count = () => {
    calls += 1;
  };
  SYSTEM_CLOCK.after(MONTHS_MS, count);
  const cancel = SYSTEM_CLOCK.after(MONTHS_MS, count);
  for (let at = HOUR_MS; at < MONTHS_MS; at += HOUR_MS) t.mock.timers.tick(HOUR_MS);
  assert.equal(calls, 0);
  cancel();
  for (let hour = 0; hour < 3; hour += 1) t.mock.timers.tick(HOUR_MS); // a part is as long as the tick in which it ends
  assert.equal(calls, 1);
});

const skip = process.platform === 'linux' ? false : 'elsewhere the clock of the process does not stop either';

test('the uptime is that of the machine, which goes on while it sleeps', { skip }, () => {
  const before = uptime() * 1000;
  const between = SYSTEM_CLOCK.uptime();
  assert.ok(before <= between && between <= uptime() * 1000);
});
