import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const path = (name: string) => fileURLToPath(new URL(`../../scripts/service/${name}`, import.meta.url));
const skipWithout = (program: string) =>
  spawnSync(program, ['--version']).status === 0 ? false : `${program} is not installed`;

test('systemd-analyze finds nothing wrong with the unit', { skip: skipWithout('systemd-analyze') }, () => {
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', path('earshot.service')], {
    encoding: 'utf8',
  });
  const aboutUnit = stderr.split('\n').filter((line) => line.includes('earshot.service'));
  assert.deepEqual(aboutUnit, []); // what it says of other units of the machine does not count
  assert.equal(status, 0, stderr);
});

test('the README installs the package from this clone, and makes the file of settings that the unit reads', () => {
  const [, steps = ''] = /```sh\n([\s\S]*?)```/.exec(readFileSync(path('README.md'), 'utf8')) ?? [];
  const [, settings = ''] = /--config (\S+)/.exec(readFileSync(path('earshot.service'), 'utf8')) ?? [];
  assert.match(steps, /npm install --global [^\n]*npm pack/);
  assert.doesNotMatch(steps, /npm install[^\n]* earshot$/m);
  assert.ok(steps.includes(`touch ${settings}\n`));
});

test('the unit stops the daemon no sooner than the defaults of drain and shutdown take', async () => {
  const { configSchema } = await import('../../agent/config.ts');
  const { drainMs, shutdownTimeoutMs } = configSchema.parse({}).server;
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(readFileSync(path('earshot.service'), 'utf8')) ?? [];
  assert.ok(Number(seconds) * 1000 >= drainMs + shutdownTimeoutMs);
});

const READ_PLIST = 'import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))';

test('the property list of launchd can be read and starts the daemon', {
  skip: skipWithout('python3'),
}, () => {
  const { stdout, stderr } = spawnSync('python3', ['-c', READ_PLIST, path('dev.earshot.daemon.plist')], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  const { Label, ProgramArguments } = JSON.parse(stdout);
  assert.equal(Label, 'dev.earshot.daemon');
  assert.deepEqual(ProgramArguments.slice(1, 3), ['serve', '--config']);
});
