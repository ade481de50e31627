import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AudioFolder } from '../../agent/cli/audio-folder.ts';
import { recordingsAt } from '../../agent/cli/recordings.ts';
import { AgentError } from '../../agent/errors.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

const hasTar = spawnSync('tar', ['--version']).status === 0;

function folderOf(t: Parameters<typeof temporaryFolder>[0], files: readonly string[]): string {
  const folder = temporaryFolder(t);
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
  return folder;
}

const namesOf = ({ rows }: { rows: readonly { file: string }[] }) => rows.map(({ file }) => file);

test('a folder stands for all audio below it, in order', async (t) => {
  const folder = folderOf(t, ['b.wav', 'a/c.OPUS', 'notes.txt', 'a/d.json']);
  const set = await recordingsAt(folder);
  assert.deepEqual(namesOf(set), ['a/c.OPUS', 'b.wav']);
  assert.deepEqual(await new AudioFolder(set.folder).locate('a/c.OPUS'), {
    kind: 'file',
    path: join(folder, 'a/c.OPUS'),
  });
});

for (const path of ['.', './', '../sounds', 'a/..']) {
  test(`the folder ${path} gives its files the names that its full path does`, async (t) => {
    const folder = folderOf(t, ['sounds/b.wav', 'sounds/a/c.wav']);
    const before = process.cwd();
    t.after(() => process.chdir(before));
    process.chdir(join(folder, 'sounds'));
    assert.deepEqual(namesOf(await recordingsAt(path)), ['a/c.wav', 'b.wav']);
  });
}

test('one file stands for itself', async (t) => {
  const folder = folderOf(t, ['radio.flac', 'other.wav']);
  assert.deepEqual(await recordingsAt(join(folder, 'radio.flac')), {
    folder,
    rows: [{ line: 0, file: 'radio.flac', text: '', dataset: '', split: '' }],
  });
});

test('an archive stands for the audio in it, whose names may begin with that of the archive', {
  skip: hasTar ? false : 'the program tar is not installed',
}, async (t) => {
  const folder = folderOf(t, ['noise/rain.opus', 'noise/readme.md', 'wind.opus']);
  const path = join(folder, 'noise.tar');
  assert.equal(spawnSync('tar', ['-C', folder, '-cf', path, 'noise', 'wind.opus']).status, 0);
  const set = await recordingsAt(path);
  assert.deepEqual(namesOf(set), ['noise/rain.opus', 'noise/wind.opus']);
  const audio = new AudioFolder(set.folder);
  const located = await audio.locate('noise/wind.opus');
  assert.equal(located.kind === 'archived' && String(await located.archive.read(located.name)), 'wind.opus');
  await audio.close();
});

test('a manifest stands for the rows of the splits that are wanted', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'manifest.tsv');
  writeFileSync(path, 'file\ttext\tsplit\na.wav\thello\tdev\nb.wav\tbye\ttest\n');
  const all = await recordingsAt(path);
  assert.deepEqual([namesOf(all), all.folder], [['a.wav', 'b.wav'], folder]);
  const some = await recordingsAt(path, { splits: ['test'], audioFolder: '/elsewhere' });
  assert.deepEqual([namesOf(some), some.folder], [['b.wav'], '/elsewhere']);
});

test('what is not there, or has no recording in it, is refused', async (t) => {
  const refused = (code: string, message: RegExp) => (error: unknown) =>
    error instanceof AgentError && error.code === code && message.test(error.message);
  const folder = folderOf(t, ['notes.txt']);
  await assert.rejects(
    recordingsAt('/nowhere'),
    refused('AUDIO_FILE_UNREADABLE', /^\/nowhere: there is no such/),
  );
  await assert.rejects(recordingsAt(folder), refused('AUDIO_FILE_UNREADABLE', /there is no recording in it/));
});
