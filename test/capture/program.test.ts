import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { type TestContext, test } from 'node:test';
import { isInstalled } from '../../agent/capture/program.ts';
import { chooseRecorder } from '../../agent/capture/recorder-choice.ts';

type Fail = (error: Error) => void;

/** Every start of a program fails with `code`, as Node.js tells it: to the callback or, where it `throws`, at once. */
function failStarts(t: TestContext, code: string, throws = false): void {
  const error = Object.assign(new Error(`spawn arecord ${code}`), { code });
  t.mock.method(childProcess, 'execFile', (_name: string, _args: unknown, _options: unknown, fail: Fail) => {
    if (throws) throw error;
    fail(error);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
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
