import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EarshotProcess } from '../support/daemon.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

const SPEECH = 'test/fixtures/speech';
const MANIFEST = `${SPEECH}/manifest.tsv`;

const run = (t: TestContext, ...args: string[]) => EarshotProcess.start(t, ['wake', ...args]).ended;

test('wake: the trade-off of a phrase and the threshold to take, as a table and a plot', async (t) => {
  const plot = join(temporaryFolder(t), 'please.svg');
  const { code, stdout, stderr } = await run(
    t,
    ...['please play', '--said', MANIFEST, '--background', MANIFEST, '--plot', plot],
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^threshold +missed +missed % +false alarms +an hour$/m);
  assert.match(stdout, /^ +0\.500 +0 +0\.0 +0 +0\.00$/m);
  assert.match(stdout, /“please play”: 1 recording of it, 0\.01 hours without it\./);
  assert.match(stdout, /--set microphone\.wakePhrases='\[\{"text":"please play","threshold":[\d.]+\}\]'/);
  assert.match(readFileSync(plot, 'utf8'), /^<svg [\s\S]*missed against false alarms[\s\S]*<\/svg>\n$/);
});

test('wake: with a background alone the false alarms, as JSON, of a folder', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(`${SPEECH}/heart-music.wav`, join(folder, 'deeper', 'music.wav'));
  const { code, stdout, stderr } = await run(t, 'please play', '--background', folder, '--json');
  assert.equal(code, 0, stderr);
  const { recordings, hours, points, proposed, alarmsPerHour } = JSON.parse(stdout);
  assert.deepEqual([recordings, alarmsPerHour], [0, 0.5]);
  assert.ok(hours > 0 && hours < 0.01);
  // the phrase is in it, so that it is heard up to a high threshold
  assert.deepEqual([points[0].missed, points[0].falseAlarms], [null, 1]);
  assert.ok(proposed.threshold > 0.5, stdout);
  assert.equal(proposed.falseAlarms, 0);
});

test('wake: with recordings alone what is missed, and no proposal', async (t) => {
  const { code, stdout } = await run(t, 'please play', '--said', `${SPEECH}/heart-music.wav`);
  assert.equal(code, 0);
  assert.match(stdout, /^threshold +missed +missed %$/m);
  assert.match(stdout, /Without a background \(--background\) no threshold can be proposed/);
});

test('wake: a recording that can not be read is named, the others count, and the exit code is 1', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(`${SPEECH}/heart-music.wav`, join(folder, 'music.wav'));
  writeFileSync(join(folder, 'broken.wav'), 'no sound');
  const { code, stdout, stderr } = await run(t, 'please play', '--said', folder, '--json');
  assert.equal(code, 1);
  assert.match(stderr, /broken\.wav: AUDIO_/);
  assert.equal(JSON.parse(stdout).recordings, 1);
});

for (const [what, args, code, message] of [
  ['nothing to listen to', ['please play'], 2, /USAGE: Give recordings of the phrase \(--said\)/],
  ['a phrase that is too short', ['hi', '--background', SPEECH], 1, /WAKE_PHRASE.*too few sounds/],
  ['a folder that is not there', ['computer', '--said', '/nowhere'], 1, /\/nowhere: there is no such file/],
  [
    'no text with the phrase',
    ['computer', '--said', MANIFEST],
    1,
    /MANIFEST_INVALID.*no text has "computer"/,
  ],
  ['a rate of 0', ['computer', '--background', SPEECH, '--false-alarms', '0'], 2, /a number above 0/],
] as const) {
  test(`wake: ${what} is refused, saying what to do`, async (t) => {
    const ended = await run(t, ...args);
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, message);
  });
}
