import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

test('the daemon of npm start ends when the shell that npm put before it is told to stop', async (t) => {
  const command = `"${process.execPath}" scripts/start.mjs --port 0 --no-microphone --model "${TINY_MODEL}"; true`;
  const shell = spawn('sh', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => shell.kill('SIGKILL'));
  const exited = once(shell, 'exit');
  let log = '';
  for await (const data of shell.stderr.setEncoding('utf8')) {
    log += data;
    if (log.includes('"msg":"ready"')) shell.kill('SIGTERM');
  }
  // The pipe is closed: the daemon, which held its other end, is gone.
  assert.match(log, /"signal":"SIGTERM","msg":"stopping"/);
  const [, signal] = await exited;
  assert.equal(signal, 'SIGTERM', 'the shell did not pass the signal on');
});
