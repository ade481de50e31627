import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { isInstalled, runProgram } from '../../agent/capture/program.ts';
import { chooseRecorder } from '../../agent/capture/recorder-choice.ts';
import { replaceStart } from '../support/failing-programs.ts';

type Fail = (error: Error | null) => void;

/** Every start of a program fails with `code`, as Node.js tells it: to the callback or, where it `throws`, at once. */
function failStarts(t: TestContext, code: string, throws = false): void {
  const error = Object.assign(new Error(`spawn arecord ${code}`), { code });
  replaceStart(t, 'execFile', (_name: string, _args: unknown, _options: unknown, fail: Fail) => {
    if (throws) throw error;
    fail(error);
  });
}

for (const code of ['ENOENT', 'EACCES', 'ENOTDIR']) {
  test(`a program that fails to start with ${code} is not installed`, async (t) => {
    failStarts(t, code, code === 'ENOTDIR');
    assert.equal(await isInstalled('arecord'), false);
  });
}

for (const code of ['EMFILE', 'EAGAIN', 'ENOMEM']) {
  test(`a recorder that can not be looked for because of ${code} is not taken for missing`, async (t) => {
    failStarts(t, code, code === 'ENOMEM');
    await assert.rejects(chooseRecorder({ recorder: 'auto', platform: 'linux' }), {
      code: 'RECORDER_FAILED',
      message: `arecord can not be run: spawn arecord ${code}`,
    });
  });
}

test('a program that does not answer and ignores SIGTERM is killed when its time is over', async (t) => {
  const { execFile } = childProcess;
  type Options = { readonly timeout: number };
  const asked: number[] = [];
  replaceStart(t, 'execFile', (name: string, args: string[], options: Options, done: Fail) => {
    asked.push(options.timeout);
    execFile(name, args, { ...options, timeout: 300 }, done);
  });
  const ignoring = await runProgram('sh', ['-c', "trap '' TERM; while :; do sleep 0.1; done"]);
  assert.equal(ignoring?.failed, true);
  assert.deepEqual(asked, [5000]);
});
