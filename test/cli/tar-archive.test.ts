import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AudioFolder } from '../../agent/cli/audio-folder.ts';
import { TarArchive } from '../../agent/cli/tar-archive.ts';
import { AgentError } from '../../agent/errors.ts';

const unreadable = (message: RegExp) => (error: unknown) =>
  error instanceof AgentError && error.code === 'AUDIO_FILE_UNREADABLE' && message.test(error.message);

const hasTar = spawnSync('tar', ['--version']).status === 0;
const skip = hasTar ? false : 'the program tar is not installed';
const LONG = `${'folder/'.repeat(20)}${'x'.repeat(120)}.opus`;

async function folderWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-tar-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

async function archiveOf(t: TestContext, format: string): Promise<string> {
  const folder = await folderWith(t, {
    'a.opus': 'first',
    'empty.opus': '',
    [LONG]: 'deep',
    'z.opus': 'last',
  });
  const path = join(folder, 'set.tar');
  const options = ['-C', folder, `--format=${format}`, '--exclude=./set.tar', '-cf', path, '.'];
  assert.equal(spawnSync('tar', options).status, 0);
  return path;
}

for (const format of ['gnu', 'pax'] as const) {
  test(`reads names and contents of a ${format} archive in any order`, { skip }, async (t) => {
    const archive = await TarArchive.open(await archiveOf(t, format));
    t.after(() => archive.close());
    assert.equal(String(await archive.read('z.opus')), 'last');
    assert.equal(String(await archive.read('a.opus')), 'first');
    assert.equal(String(await archive.read('empty.opus')), '');
    assert.equal(String(await archive.read(LONG)), 'deep');
    assert.equal(archive.has('b.opus'), false);
    await assert.rejects(archive.read('b.opus'), unreadable(/there is no b.opus/));
  });
}

test('refuses what is no archive, and one that is cut off', { skip }, async (t) => {
  const folder = await folderWith(t, { 'no.tar': 'x'.repeat(2000) });
  await assert.rejects(TarArchive.open(join(folder, 'no.tar')), unreadable(/not a tar archive/));
  await assert.rejects(TarArchive.open(join(folder, 'none.tar')), unreadable(/ENOENT/));
  const cut = await archiveOf(t, 'gnu');
  await truncate(cut, 700);
  await assert.rejects(TarArchive.open(cut), unreadable(/cut off/));
});

test('finds a recording as a file or inside the archive of its folder', { skip }, async (t) => {
  const folder = await folderWith(t, { 'set/a.opus': 'in archive', 'plain/b.opus': 'file' });
  spawnSync('tar', ['-C', join(folder, 'set'), '-cf', join(folder, 'set.tar'), '.']);
  spawnSync('tar', ['-C', folder, '-cf', join(folder, 'plain.tar'), 'plain/b.opus']);
  await rm(join(folder, 'set'), { recursive: true });
  const audio = new AudioFolder(folder);
  t.after(() => audio.close());

  const archived = await audio.locate('set/a.opus');
  assert.equal(archived.kind, 'archived');
  assert.equal(
    String(archived.kind === 'archived' && (await archived.archive.read(archived.name))),
    'in archive',
  );
  assert.deepEqual(await audio.locate('plain/b.opus'), { kind: 'file', path: join(folder, 'plain/b.opus') });
  await rm(join(folder, 'plain'), { recursive: true });
  assert.equal((await audio.locate('plain/b.opus')).kind, 'archived');
});

test('says where it looked for a recording that is nowhere', { skip }, async (t) => {
  const folder = await folderWith(t, { 'set/a.opus': 'x' });
  spawnSync('tar', ['-C', join(folder, 'set'), '-cf', join(folder, 'set.tar'), '.']);
  const audio = new AudioFolder(folder);
  t.after(() => audio.close());
  await assert.rejects(audio.locate('set/c.opus'), unreadable(/no .*c\.opus nor in .*set\.tar/));
  await assert.rejects(audio.locate('c.opus'), unreadable(/There is no .*c\.opus\./));
});
