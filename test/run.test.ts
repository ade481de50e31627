import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';

test('the test runner fails when its filter matches no file', () => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'test/run.ts', 'no-such-test'], {
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(stderr, /expected at least one/);
});
