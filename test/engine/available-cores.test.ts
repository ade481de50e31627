import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { availableCores } from '../../agent/engine/available-cores.ts';

const ALL = availableParallelism();

/** The cores when the folder of the control groups has these files. */
function coresWith(t: TestContext, files: Readonly<Record<string, string>>): number {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-cgroup-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${text}\n`);
  }
  return availableCores(folder);
}

const version1 = (quota: string, period: string) => ({
  'cpu/cpu.cfs_quota_us': quota,
  'cpu/cpu.cfs_period_us': period,
});

test('a quota limits the cores, a begun one counts', (t) => {
  assert.equal(coresWith(t, { 'cpu.max': '100000 100000' }), 1);
  assert.equal(coresWith(t, { 'cpu.max': '20000 100000' }), 1);
  assert.equal(coresWith(t, { 'cpu.max': '150000 100000' }), Math.min(2, ALL));
  assert.equal(coresWith(t, version1('50000', '100000')), 1);
  assert.equal(coresWith(t, version1('75000', '50000')), Math.min(2, ALL));
});

test('without a quota, or with a larger one, all cores count', (t) => {
  assert.equal(coresWith(t, {}), ALL);
  assert.equal(coresWith(t, { 'cpu.max': 'max 100000' }), ALL);
  assert.equal(coresWith(t, { 'cpu.max': '100000000 100000' }), ALL);
  assert.equal(coresWith(t, version1('-1', '100000')), ALL);
});
