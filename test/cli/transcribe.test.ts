import assert from 'node:assert/strict';
import { createReadStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EarshotProcess } from '../support/daemon.ts';
import { until } from '../support/test-server.ts';
import { TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const SPEECH = join(import.meta.dirname, '../fixtures/speech');
const [YES, LIGHT] = ['heart-yes.wav', 'heart-light.wav'].map((name) => join(SPEECH, name)) as [
  string,
  string,
];

/** 4 s at 16 kHz. */
const SILENCE_BYTES = 128_000;

function start(t: TestContext, ...args: string[]): EarshotProcess {
  return EarshotProcess.start(t, ['transcribe', '--model', TINY_MODEL, ...args]);
}

/** What is told beside the progress, which a busy machine is slow enough to show. */
function notes(stderr: string): string {
  return stderr.replace(/^\d.* left\n/gm, '');
}

test('prints one transcript, and nothing else, on the standard output', async (t) => {
  const { code, stdout } = await start(t, LIGHT).ended;
  assert.equal(code, 0);
  assert.match(stdout, /^[a-z' ]+\n$/);
});

test('prints several in the order of the files, whatever ends first', async (t) => {
  const single = await Promise.all([LIGHT, YES].map((file) => start(t, file).ended));
  const { stdout } = await start(t, LIGHT, YES).ended;
  assert.equal(stdout, `==> ${LIGHT} <==\n${single[0]!.stdout}\n==> ${YES} <==\n${single[1]!.stdout}`);
});

test('goes on after a file that can not be read, and fails in the end', async (t) => {
  const { code, stdout, stderr } = await start(t, 'gone.wav', YES, '--json').ended;
  assert.equal(code, 1);
  assert.match(stderr, /gone\.wav: AUDIO_FILE_UNREADABLE/);
  assert.equal(JSON.parse(stdout).file, YES);
});

test('tells that a recording was cut, and goes on', async (t) => {
  const cut = join(temporaryFolder(t), 'cut.wav');
  const whole = readFileSync(LIGHT);
  writeFileSync(cut, whole.subarray(0, 44 + 16_000));
  const { code, stdout, stderr } = await start(t, cut, YES, '--json').ended;
  const seconds = ((whole.length - 44) / 32_000).toFixed(1);
  assert.deepEqual([code, notes(stderr)], [0, `earshot: ${cut} ends after 0.5 s of ${seconds} s\n`]);
  assert.match(stdout, /heart-yes/);
});

test('tells a hotword that is refused once', async (t) => {
  const { code, stderr } = await start(t, YES, '--hotword', 'foo:100').ended;
  assert.equal(code, 1);
  assert.match(notes(stderr), /^earshot: \S+heart-yes\.wav: HOTWORD_INVALID: .*\n$/);
});

test('names a grammar that can not be read, and why', async (t) => {
  const { code, stderr } = await start(t, YES, '--grammar', 'gone.yaml').ended;
  assert.equal(code, 1);
  assert.match(stderr, /GRAMMAR_INVALID: Can not read the grammar gone\.yaml: ENOENT: /);
});

test('reads the standard input, with a header and raw', async (t) => {
  const expected = (await start(t, LIGHT).ended).stdout;
  const withHeader = start(t, '-');
  createReadStream(LIGHT).pipe(withHeader.process.stdin!);
  assert.equal((await withHeader.ended).stdout, expected);
  const raw = start(t, '-', '--raw', 's16le:16000:1');
  createReadStream(LIGHT, { start: 44 }).pipe(raw.process.stdin!);
  assert.equal((await raw.ended).stdout, expected);
});

test('writes subtitles, a file for each recording', async (t) => {
  const folder = temporaryFolder(t);
  const { code, stdout } = await start(t, LIGHT, YES, '--format', 'vtt', '--output', folder).ended;
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(readFileSync(join(folder, 'heart-light.vtt'), 'utf8'), /^WEBVTT\n\n00:00:0\d\.\d{3} --> /);
  assert.match(readFileSync(join(folder, 'heart-yes.vtt'), 'utf8'), /^WEBVTT\n/);
});

test('a recording that can not be read leaves the transcript of before, and no empty one', async (t) => {
  const folder = temporaryFolder(t);
  const [gone, broken] = [join(folder, 'gone.wav'), join(folder, 'broken.wav')];
  writeFileSync(broken, 'no sound');
  writeFileSync(join(folder, 'gone.vtt'), 'before');
  const { code } = await start(t, gone, broken, '--format', 'vtt', '--output', folder).ended;
  assert.equal(code, 1);
  assert.equal(readFileSync(join(folder, 'gone.vtt'), 'utf8'), 'before');
  assert.deepEqual(readdirSync(folder).sort(), ['broken.wav', 'gone.vtt']);
});

test('a run that is broken off leaves the transcript of before, and beside it what was heard', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'stdin.jsonl');
  writeFileSync(path, 'before');
  const run = start(
    t,
    '-',
    '--raw',
    's16le:16000:1',
    '--json',
    '--output',
    folder,
    '--set',
    'endpoint.rule3UtteranceMs=1000',
  );
  run.process.stdin!.write(readFileSync(LIGHT).subarray(44));
  run.process.stdin!.write(new Uint8Array(SILENCE_BYTES)); // longer than a segment; the recording has no end
  await until(() => existsSync(`${path}.part`) && readFileSync(`${path}.part`, 'utf8').endsWith('\n'));
  run.process.kill('SIGINT');
  await run.ended;
  assert.equal(readFileSync(path, 'utf8'), 'before');
  assert.equal(JSON.parse(readFileSync(`${path}.part`, 'utf8').split('\n')[0]!).type, 'final');
});

for (const [what, args, message] of [
  ['several files as one subtitle file', [YES, LIGHT, '--format', 'srt'], /need --output/],
  ['two outputs of one name', [YES, `./${YES}`, '--output', '/tmp'], /Two of the files/],
  ['an unknown format', [YES, '--format', 'doc'], /Allowed choices are text, json, srt, vtt/],
  ['a raw format that is none', [YES, '--raw', 's16le'], /encoding:rate:channels/],
  ['no file', [], /missing required argument/],
] as const) {
  test(`refuses ${what}`, async (t) => {
    const { code, stderr, stdout } = await start(t, ...args).ended;
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, message);
  });
}
