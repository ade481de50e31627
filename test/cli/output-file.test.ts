import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkOutputFile, openOutputFolder, writeOutputFile } from '../../agent/cli/output-file.ts';
import { EarshotProcess } from '../support/daemon.ts';
import { TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const SPEECH = join(import.meta.dirname, '../fixtures/speech');
const YES = join(SPEECH, 'heart-yes.wav');
const LIGHT = join(SPEECH, 'heart-light.wav');
const MAIN = join(import.meta.dirname, '../../agent/main.ts');
const MODEL = ['--model', TINY_MODEL];
const GONE = '/nonexistent/result';

for (const [what, args] of [
  ['align --output', ['align', YES, '--text', 'yes', ...MODEL, '--output', GONE]],
  ['align --output with a folder', ['align', YES, '--text', 'yes', ...MODEL, '--output', SPEECH]],
  ['transcribe --output with a file', ['transcribe', YES, ...MODEL, '--output', YES]],
  ['transcribe --output with nothing', ['transcribe', YES, ...MODEL, '--output', '']],
  ['bench --json', ['bench', YES, ...MODEL, '--streams', '1', '--seconds', '600', '--json', GONE]],
  ['bench --plot', ['bench', YES, ...MODEL, '--streams', '1', '--seconds', '600', '--plot', GONE]],
  ['wake --plot', ['wake', 'hey you', ...MODEL, '--background', 'gone.wav', '--plot', GONE]],
] as const) {
  test(`${what} that can not be written fails before the work`, async (t) => {
    const { code, stdout, stderr } = await EarshotProcess.start(t, args).ended;
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^earshot: OUTPUT_UNWRITABLE: Can not write ".*" \(.+\)\. .+\.\n$/);
  });
}

test('eval --json that can not be written fails before the work', async (t) => {
  const manifest = join(temporaryFolder(t), 'manifest.tsv');
  writeFileSync(manifest, 'file\ttext\ngone.wav\tyes\n');
  const { code, stderr } = await EarshotProcess.start(t, ['eval', manifest, ...MODEL, '--json', GONE]).ended;
  assert.equal(code, 1);
  assert.match(stderr, /^earshot: OUTPUT_UNWRITABLE: .*\n$/);
});

test('what can be written is not touched by the look at it', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'result');
  await checkOutputFile(path);
  assert.equal(existsSync(path), false);
  await openOutputFolder(join(folder, 'a', 'b'));
  await writeOutputFile(join(folder, 'a', 'b', 'result'), 'text');
  await checkOutputFile(join(folder, 'a', 'b', 'result'));
});

test('a file is no folder to write in', async (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  for (const path of [join(file, 'result'), `${file}/`, '']) {
    await assert.rejects(checkOutputFile(path), { code: 'OUTPUT_UNWRITABLE' }, path);
  }
});

for (const args of [['config'], ['--help'], ['transcribe', YES, LIGHT, '--jobs', '1', ...MODEL]]) {
  test(`a full disk behind the standard output of ${args[0]} is told in one line`, {
    skip: existsSync('/dev/full') ? false : '/dev/full is not there',
  }, () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', MAIN, ...args], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, /^earshot: OUTPUT_UNWRITABLE: Can not write the standard output \(ENOSPC: .*\n$/);
  });
}
