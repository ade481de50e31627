import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { NOTES, OUTPUT } from '../../agent/cli/terminal.ts';
import { NO_TERMINAL, TerminalProcess } from '../support/terminal.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const MAIN = join(import.meta.dirname, '../../agent/main.ts');
const LIGHT = join(import.meta.dirname, '../fixtures/speech/heart-light.wav');
const LISTEN = ['listen', '--model', TINY_MODEL, '--source', LIGHT];

/** Runs a command whose standard error is `stderr`; of a pipe nobody reads the other end. */
async function runWith(t: TestContext, args: readonly string[], stderr: number | 'pipe') {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    stdio: ['ignore', 'pipe', stderr],
  });
  t.after(() => child.kill('SIGKILL'));
  child.stderr?.destroy();
  const [stdout, [code]] = await Promise.all([text(child.stdout!), once(child, 'close')]);
  return { stdout, code: code as number };
}

for (const [what, open, skip] of [
  ['a full disk', () => openSync('/dev/full', 'w'), existsSync('/dev/full') ? false : 'no /dev/full'],
  ['a reader that has gone', () => 'pipe' as const, false],
] as const) {
  test(`${what} behind the standard error takes no results and changes no exit code`, { skip }, async (t) => {
    const { stdout, code } = await runWith(t, LISTEN, open());
    assert.equal(code, 0);
    assert.match(stdout, /^([a-z' ]+\n)+$/);
    assert.equal((await runWith(t, ['listen', '--no-such-option'], open())).code, 2);
  });
}

for (const [variables, draws] of [
  [{ TERM: 'xterm' }, true],
  [{ TERM: 'xterm', NO_COLOR: '1' }, true],
  [{ TERM: 'dumb' }, false],
  [{ TERM: 'dumb', FORCE_COLOR: '1' }, false],
] as const) {
  const named = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  test(`${draws ? 'draws' : 'does not draw'} in a terminal with ${named.join(' ')}`, (t) => {
    const before = { ...env };
    t.after(() => {
      for (const name of Object.keys(variables)) Reflect.deleteProperty(env, name);
      Object.assign(env, before);
    });
    Object.assign(env, variables);
    for (const [stream, output] of [
      [process.stdout, OUTPUT],
      [process.stderr, NOTES],
    ] as const) {
      const isTTY = Object.getOwnPropertyDescriptor(stream, 'isTTY');
      Object.defineProperty(stream, 'isTTY', { value: true, configurable: true });
      assert.equal(output.isTTY, draws);
      Object.defineProperty(stream, 'isTTY', isTTY ?? { value: undefined, configurable: true });
    }
  });
}

test('listen writes lines without escape codes in a terminal that has none', {
  skip: NO_TERMINAL,
}, async (t) => {
  const listening = TerminalProcess.start(t, LISTEN, { TERM: 'dumb' });
  assert.equal(await listening.ended(), 0);
  assert.match(listening.written, /^[a-z' ]+\r?$/m);
  assert.doesNotMatch(listening.written, /␛/);
});
