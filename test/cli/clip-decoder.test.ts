import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { test } from 'node:test';
import { ClipDecoder } from '../../agent/cli/clip-decoder.ts';
import { failSpawn, NOTHING_LEFT } from '../support/failing-programs.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

const WAV = join(import.meta.dirname, '../fixtures/speech/heart-yes.wav');
const skip = spawnSync('ffmpeg', ['-version']).error === undefined ? false : 'ffmpeg is not installed';

const fileAt = (path: string) => ({ kind: 'file', path }) as const;

test('leaves WAV files where they are and decodes all others at once', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  const names = ['a.flac', 'b.flac'].map((name) => join(folder, name));
  for (const name of names) spawnSync('ffmpeg', ['-v', 'error', '-i', WAV, name]);
  const decoder = new ClipDecoder();
  t.after(() => decoder.close());
  const clips = await decoder.decode([fileAt(names[0]!), fileAt(WAV), fileAt(names[1]!)]);
  assert.deepEqual(
    clips.map(({ path }) => path.endsWith('.wav')),
    [true, true, true],
  );
  assert.equal(clips[1]?.path, WAV);
  await Promise.all(clips.map((clip) => clip.release()));
  assert.deepEqual(
    clips.map(({ path }) => existsSync(path)),
    [false, true, false],
  );
  assert.ok(
    names.every((name) => existsSync(name)),
    'the recordings themselves stay',
  );
});

test('WAV files need no temporary folder; where one is needed that can not be had, TMPDIR is named', async (t) => {
  const before = tmpdir();
  t.after(() => Object.assign(env, { TMPDIR: before }));
  Object.assign(env, { TMPDIR: '/nonexistent/folder' });
  const decoder = new ClipDecoder();
  const [clip] = await decoder.decode([fileAt(WAV)]);
  assert.equal(clip?.path, WAV);
  await assert.rejects(decoder.decode([fileAt('a.flac')]), {
    code: 'OUTPUT_UNWRITABLE',
    message:
      /^Can not write the temporary folder "\/nonexistent\/folder" \(ENOENT: .*\)\. Set TMPDIR to a folder/,
  });
  await decoder.close();
});

test('leaves a batch with a damaged recording as it is, so that only that one fails', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  const [good, bad] = [join(folder, 'good.flac'), join(folder, 'bad.flac')];
  spawnSync('ffmpeg', ['-v', 'error', '-i', WAV, good]);
  writeFileSync(bad, 'no sound');
  const decoder = new ClipDecoder();
  t.after(() => decoder.close());
  const clips = await decoder.decode([fileAt(good), fileAt(bad)]);
  assert.deepEqual(
    clips.map(({ path }) => path),
    [good, bad],
  );
});

for (const code of NOTHING_LEFT) {
  test(`leaves a batch as it is where no ffmpeg can be started because of ${code}`, async (t) => {
    failSpawn(t, code);
    const decoder = new ClipDecoder();
    t.after(() => decoder.close());
    const [clip] = await decoder.decode([fileAt('a.flac')]);
    assert.equal(clip?.path, 'a.flac');
  });
}
