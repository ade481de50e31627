import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, platform } from 'node:process';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { FileTarget, LogOutput } from '../agent/log-output.ts';
import { freePort } from './support/free-port.ts';
import { NO_TERMINAL, TerminalProcess } from './support/terminal.ts';
import { TINY_MODEL } from './support/tiny-bundle.ts';

const FULL_DISK = '/dev/full';
/** Each is told in a line as long as the wrong name in the configuration: together more than a pipe holds, and a megabyte. */
const RELOADS = 300;
const WRONG_NAME = 'x'.repeat(5000);

/** Takes lines while there is room for them. */
class FakeTarget {
  waiting = 0;
  isFull = false;
  readonly taken: string[] = [];

  write(text: string): void {
    if (this.isFull) throw new Error('ENOSPC');
    this.taken.push(text);
  }
}

const gap = (lines: number) => `${lines} missing\n`;

test('what can not be written is left out, and told when there is room again', () => {
  const target = new FakeTarget();
  const output = new LogOutput(gap, target);
  output.write('one\n');
  target.isFull = true;
  output.write('two\n');
  output.write('three\n');
  target.isFull = false;
  output.write('four\n');
  output.write('five\n');
  assert.deepEqual(target.taken, ['one\n', '2 missing\nfour\n', 'five\n']);
});

test('no more waits for a slow reader than the limit', async () => {
  const target = new FakeTarget();
  const output = new LogOutput(gap, target, 100);
  target.waiting = 99;
  output.write('one\n');
  assert.equal(await output.drained(50), false);
  target.waiting = 0;
  output.write('two\n');
  assert.deepEqual(target.taken, ['1 missing\ntwo\n']);
  assert.equal(await output.drained(50), true);
});

test('a file gets whole lines, and a full disk is an error', { skip: !existsSync(FULL_DISK) }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'log');
  const [file, full] = [openSync(path, 'w'), openSync(FULL_DISK, 'w')];
  new FileTarget(file).write('a line\n');
  assert.equal(readFileSync(path, 'utf8'), 'a line\n');
  assert.throws(() => new FileTarget(full).write('a line\n'), { code: 'ENOSPC' });
  for (const fd of [file, full]) closeSync(fd);
});

test('the daemon lives on while the disk of its log is full', { skip: !existsSync(FULL_DISK) }, async (t) => {
  const full = openSync(FULL_DISK, 'w');
  const { daemon, port } = await serve(t, full);
  closeSync(full);
  daemon.kill('SIGHUP');
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  assert.equal(await endOf(daemon), 0);
});

test('a reader of the log who stops reading holds up neither the daemon nor its end', {
  skip: platform === 'win32',
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [pipe, config] = [join(folder, 'pipe'), join(folder, 'earshot.yaml')];
  execFileSync('mkfifo', [pipe]);
  const unread = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const written = openSync(pipe, 'w');
  writeFileSync(config, '');
  const { daemon, port } = await serve(t, written, ['--config', config]);
  writeFileSync(config, `${WRONG_NAME}: 1`);
  for (let i = 0; i < RELOADS; i += 1) {
    daemon.kill('SIGHUP');
    await delay(5);
  }
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  assert.equal(await endOf(daemon), 0);
  const told = Buffer.alloc(2 * RELOADS * WRONG_NAME.length);
  const bytes = readSync(unread, told);
  assert.ok(bytes > WRONG_NAME.length && bytes < (RELOADS * WRONG_NAME.length) / 2, `${bytes} bytes`);
  for (const fd of [unread, written]) closeSync(fd);
});

test('the daemon ends with the terminal that it was started in', { skip: NO_TERMINAL }, async (t) => {
  const port = await freePort();
  const arguments_ = ['serve', '--model', TINY_MODEL, '--port', String(port), '--no-microphone'];
  const terminal = TerminalProcess.start(t, arguments_);
  await terminal.shows(/http:\/\/127\.0\.0\.1:\d+/);
  await untilHealthy(port);
  terminal.close();
  while (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null)) await delay(50);
});

/** A daemon whose standard error is `stderr`, once it answers. */
async function serve(
  t: TestContext,
  stderr: number,
  more: readonly string[] = [],
): Promise<{ daemon: ChildProcess; port: number }> {
  const port = await freePort();
  const arguments_ = ['serve', '--model', TINY_MODEL, '--port', String(port), '--no-microphone', ...more];
  const daemon = spawn(execPath, ['--import', 'tsx', 'agent/main.ts', ...arguments_], {
    stdio: ['ignore', 'ignore', stderr],
  });
  t.after(() => daemon.kill('SIGKILL'));
  await untilHealthy(port);
  return { daemon, port };
}

async function untilHealthy(port: number): Promise<void> {
  while (!(await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.ok) await delay(50);
}

async function endOf(daemon: ChildProcess): Promise<number | null> {
  daemon.kill('SIGTERM');
  const [code] = await once(daemon, 'exit');
  return code as number | null;
}
