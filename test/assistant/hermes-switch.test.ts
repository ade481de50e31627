import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HermesSwitch } from '../../agent/assistant/hermes-switch.ts';

const REASONS = Array.from({ length: 64 }, (_, index) => `reason ${index}`);

function switchedOff(reasons: readonly string[]) {
  const changes: boolean[] = [];
  const it = new HermesSwitch((isOff) => changes.push(isOff));
  for (const reason of reasons) it.off(reason);
  return { it, changes };
}

test('as many reasons as are kept are taken back one by one, each change is told once', () => {
  const { it, changes } = switchedOff([...REASONS, ...REASONS]);
  for (const reason of REASONS) {
    assert.ok(it.isOff);
    it.on(reason);
    it.on(reason);
  }
  assert.ok(!it.isOff);
  assert.deepEqual(changes, [true, false]);
});

test('reasons too many are not told apart: it is off until all are taken back at once', () => {
  const tooMany = Array.from({ length: 4000 }, (_, index) => `more ${index}`);
  const { it, changes } = switchedOff([...REASONS, ...tooMany]);
  for (const reason of [...REASONS, ...tooMany]) it.on(reason);
  assert.ok(it.isOff);
  it.on('');
  assert.ok(!it.isOff);
  assert.deepEqual(changes, [true, false]);
});
