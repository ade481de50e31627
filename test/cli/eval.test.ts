import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EarshotProcess } from '../support/daemon.ts';
import { copyBundle, TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const SPEECH = join(import.meta.dirname, '../fixtures/speech');
const hasTools = ['tar', 'ffmpeg'].every((name) => spawnSync(name, ['-version']).error === undefined);

function evaluate(t: TestContext, manifest: string, ...args: string[]) {
  // biome-ignore lint/style/noProcessEnv: tar and ffmpeg have to be found
  const { PATH } = process.env;
  return EarshotProcess.start(t, ['eval', manifest, '--model', TINY_MODEL, ...args], { PATH }).ended;
}

function manifestIn(folder: string, ...lines: readonly string[]): string {
  const path = join(folder, 'manifest.tsv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

test('prints a table by data set and in all, and writes every utterance as JSON', async (t) => {
  const folder = temporaryFolder(t);
  const manifest = manifestIn(
    folder,
    'dataset\tfile\ttext\tspeaker',
    'one\theart-yes.wav\tYes.\tx',
    'two\theart-light.wav\tTurn on the light!\tx',
    'two\trms-no.wav\tNo.\tx',
  );
  const json = join(folder, 'report.json');
  const { code, stdout } = await evaluate(t, manifest, '--audio', SPEECH, '--json', json, '--worst', '1');
  assert.equal(code, 0);
  assert.match(stdout, /^dataset +utts .*WER %.*RTF.*\n.*\none +1 .*\ntwo +2 .*\nall +3 /);
  assert.match(stdout, /^heart-light\.wav: \d+ of 4 words wrong\n {2}ref: .*\n {2}hyp: /m);
  const report = JSON.parse(readFileSync(json, 'utf8'));
  assert.deepEqual(
    report.results.map(({ reference }: { reference: string }) => reference),
    ['yes', 'turn on the light', 'no'],
  );
  assert.equal(report.latency, 'audio time');
  assert.equal(report.model.model, 'tiny-model');
  assert.ok(report.machine.node && report.summaries.length === 3);
});

test("scores by the text rules of the bundle's language", async (t) => {
  const french = copyBundle(t, (description) => {
    description.language = 'fr';
  });
  const manifest = manifestIn(temporaryFolder(t), 'file\ttext', 'heart-yes.wav\tL’été, 21 fois.');
  const { stdout } = await evaluate(t, manifest, '--audio', SPEECH, '--json', '-', '--model', french);
  assert.equal(JSON.parse(stdout).results[0].reference, "l'été vingt et un fois");
});

test('gives the same scores however many recordings run at once', async (t) => {
  const manifest = join(SPEECH, 'manifest.tsv');
  const scores = async (jobs: string) => {
    const { stdout } = await evaluate(t, manifest, '--limit', '6', '--jobs', jobs, '--json', '-');
    return JSON.parse(stdout).results;
  };
  assert.deepEqual(await scores('1'), await scores('6'));
});

test('evaluates a compressed recording inside an archive', {
  skip: !hasTools && 'needs tar and ffmpeg',
}, async (t) => {
  const folder = temporaryFolder(t);
  const wav = join(SPEECH, 'heart-light.wav');
  spawnSync('ffmpeg', ['-v', 'error', '-i', wav, '-c:a', 'flac', join(folder, 'a.flac')]);
  spawnSync('tar', ['-C', folder, '-cf', join(folder, 'set.tar'), './a.flac']);
  const manifest = manifestIn(folder, 'file\ttext', 'set/a.flac\tTurn on the light.');
  const archived = await evaluate(t, manifest, '--json', '-');
  const plain = await evaluate(t, manifestIn(folder, 'file\ttext', `${wav}\tx`), '--json', '-');
  assert.equal(archived.code, 0);
  assert.equal(
    JSON.parse(archived.stdout).results[0].hypothesis,
    JSON.parse(plain.stdout).results[0].hypothesis,
  );
});

test('reports recordings that can not be read, evaluates the others, and fails', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'broken.wav'), 'RIFF');
  const yes = join(SPEECH, 'heart-yes.wav');
  const manifest = manifestIn(folder, 'file\ttext', 'gone.wav\ta', 'broken.wav\tb', `${yes}\tyes`);
  const { code, stdout, stderr } = await evaluate(t, manifest);
  assert.equal(code, 1);
  assert.match(stdout, /^all +1 /m);
  assert.match(stderr, /line 2: AUDIO_FILE_UNREADABLE: There is no .*gone\.wav/);
  assert.match(stderr, /line 3: AUDIO_[A-Z_]+: .*broken\.wav/);
});

test('measures latency on the clock in real time', async (t) => {
  const folder = temporaryFolder(t);
  const manifest = manifestIn(folder, 'file\ttext', `${join(SPEECH, 'heart-yes.wav')}\tyes`);
  const { stdout } = await evaluate(
    t,
    manifest,
    '--realtime',
    '--endpointing',
    '--markdown',
    '--json',
    join(folder, 'r'),
  );
  assert.match(stdout, /^\| dataset \|/);
  assert.match(stdout, /Latency in real time\./);
});

test('refuses a manifest without its columns, one that is not there, and wrong options', async (t) => {
  const folder = temporaryFolder(t);
  const manifest = manifestIn(folder, 'path\ttext', 'a\tb');
  const columns = await evaluate(t, manifest);
  assert.equal(columns.code, 1);
  assert.match(columns.stderr, /MANIFEST_INVALID: .*line 1: expected .*"file"/);
  assert.match(
    (await evaluate(t, join(folder, 'none.tsv'))).stderr,
    /MANIFEST_INVALID: Can not read .*tsv: ENOENT/,
  );
  const usage = await evaluate(t, manifest, '--limit', '0');
  assert.deepEqual([usage.code, usage.stdout], [2, '']);
});
