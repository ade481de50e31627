import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Hook, type HookOptions } from '../../agent/assistant/hook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { leastGrowthMib } from '../support/memory-growth.ts';
import { until } from '../support/test-server.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';
import { FakeSinkTools, finalEvent, intentEvent } from './sink-tools.ts';

/** A hook that is a small program for Node.js; `arguments` are in `process.argv` from 1 on. */
function hookOf(
  t: TestContext,
  program: string,
  options: Partial<HookOptions> & { args?: string[]; clock?: FakeClock } = {},
) {
  const { args = [], clock, ...rest } = options;
  const tools = new FakeSinkTools(clock);
  const hook = new Hook(
    {
      ...{ on: 'final', concurrency: 1, queueLimit: 4, maxAgeMs: 60_000, timeoutMs: 60_000 },
      command: [process.execPath, '-e', program, ...args],
      ...rest,
    },
    tools,
  );
  t.after(() => hook.close(0));
  return { hook, tools };
}

const READ_INPUT = 'require("fs").writeFileSync(process.argv[1], require("fs").readFileSync(0))';

test('a hook gets its event as JSON on standard input, and only events of its type', async (t) => {
  const file = join(temporaryFolder(t), 'event.json');
  const { hook, tools } = hookOf(t, READ_INPUT, { args: [file] });
  hook.accept(intentEvent('TurnOn', 'turn on'));
  hook.accept(finalEvent('turn left'));
  assert.equal(await tools.outcome(), 'done');
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), finalEvent('turn left'));
});

test('the exit code is logged, and no transcript', async (t) => {
  const { hook, tools } = hookOf(t, 'console.error(require("fs").readFileSync(0, "utf8")); process.exit(7)');
  hook.accept(finalEvent('a secret'));
  assert.equal(await tools.outcome(), 'failed');
  assert.equal(tools.lines[0]?.message, 'hook ended');
  assert.equal(tools.lines[0]?.fields['code'], 7);
  assert.ok(!JSON.stringify(tools.lines).includes('secret'));
});

test('a program that is not there is a failure with its reason', async (t) => {
  const { hook, tools } = hookOf(t, '', { command: ['/nowhere/hook'] });
  hook.accept(finalEvent('x'));
  assert.equal(await tools.outcome(), 'failed');
  assert.equal(tools.lines[0]?.fields['reason'], 'ENOENT');
});

test('arguments that no program can have are a failure too', async (t) => {
  const { hook, tools } = hookOf(t, '', { command: ['/bin/true', 'a\0b'] });
  hook.accept(finalEvent('x'));
  assert.equal(await tools.outcome(), 'failed');
});

test('a hook that neither reads nor ends is killed with what it started', {
  skip: process.platform === 'win32' && 'Windows has no process groups',
}, async (t) => {
  const file = join(temporaryFolder(t), 'pid');
  const program = `
    const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"]);
    require("fs").writeFileSync(process.argv[1], String(child.pid));
    setInterval(() => {}, 1e6);`;
  const clock = new FakeClock();
  const { hook, tools } = hookOf(t, program, { args: [file], timeoutMs: 2000, clock });
  hook.accept(finalEvent('x'.repeat(1 << 20)));
  await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '');
  const pid = Number(readFileSync(file, 'utf8'));
  clock.advance(2000);
  assert.equal(await tools.outcome(), 'timeout');
  await until(() => !isAlive(pid));
});

test('a hook that floods its output does no harm', async (t) => {
  const flood =
    'const line = "x".repeat(1 << 16); for (let i = 0; i < 1600; i++) require("fs").writeSync(1, line);';
  const grownMib = await leastGrowthMib(async () => {
    const { hook, tools } = hookOf(t, flood);
    hook.accept(finalEvent('x'));
    assert.equal(await tools.outcome(), 'done');
  });
  assert.ok(grownMib < 50, 'the output of 100 MiB was kept');
});

test('events that come faster than the hook are dropped, the newest are kept', async (t) => {
  const { hook, tools } = hookOf(t, '', { queueLimit: 2 });
  for (let i = 0; i < 20; i++) hook.accept(finalEvent(`event ${i}`));
  assert.equal(hook.queued, 3);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => tools.outcome()));
  assert.equal(outcomes.filter((outcome) => outcome === 'dropped').length, 17);
  assert.equal(outcomes.filter((outcome) => outcome === 'done').length, 3);
});

test('at the end a hook that hangs is not waited for longer than the grace time', async (t) => {
  const { hook, tools } = hookOf(t, 'setInterval(() => {}, 1e6)');
  hook.accept(finalEvent('x'));
  await hook.close(10);
  assert.equal(await tools.outcome(), 'failed');
});

test('a hook that can not be killed is left after a second, and the log says why', async (t) => {
  const clock = new FakeClock();
  const killed: number[] = [];
  const kill = (pid: number) => {
    killed.push(pid);
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
  };
  t.after(() => killed.forEach((pid) => void process.kill(pid, 'SIGKILL')));
  const { hook, tools } = hookOf(t, 'setInterval(() => {}, 1e6)', { timeoutMs: 2000, clock, kill });
  hook.accept(finalEvent('x'));
  clock.advance(2000);
  await until(() => killed.length === 1);
  assert.equal(hook.queued, 1);
  clock.advance(1000);
  assert.equal(await tools.outcome(), 'timeout');
  assert.equal(tools.lines[0]?.fields['reason'], 'not ended: EPERM');
  assert.equal(hook.queued, 0, 'the next event has its place');
  await until(() => !process.getActiveResourcesInfo().includes('ProcessWrap')); // the daemon can end
});

/** A process that has ended and was not waited for (a zombie) counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
