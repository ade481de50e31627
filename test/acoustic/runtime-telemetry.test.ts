import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EarshotProcess } from '../support/daemon.ts';
import { TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const YES = fileURLToPath(new URL('../fixtures/speech/heart-yes.wav', import.meta.url));
/** Where the POSIX builds of ONNX Runtime keep what they are about to report, within the home folder. */
const REPORTS = join('.cache', 'Microsoft');

const transcribe = (t: TestContext, home: string, files: readonly string[]) =>
  EarshotProcess.start(t, ['transcribe', '--json', '--model', TINY_MODEL, ...files], { HOME: home }).ended;

test('ONNX Runtime keeps nothing to report', async (t) => {
  const home = temporaryFolder(t);
  const { code, stderr } = await transcribe(t, home, [YES]);
  assert.equal(code, 0, stderr);
  assert.ok(!existsSync(join(home, REPORTS)));
});

test('a command line of many files is no matter', async (t) => {
  const missing = Array.from({ length: 300 }, (_, i) => `${'a'.repeat(100)}-${i}.wav`);
  const { code, stdout, stderr } = await transcribe(t, temporaryFolder(t), [YES, ...missing]);
  assert.equal(code, 1, 'for the files that are missing');
  assert.equal(stderr.match(/AUDIO_FILE_UNREADABLE/g)?.length, missing.length);
  assert.equal(JSON.parse(stdout).file, YES);
});
