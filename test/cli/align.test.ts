import assert from 'node:assert/strict';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EarshotProcess } from '../support/daemon.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

const SPEECH = join(import.meta.dirname, '../fixtures/speech');
const TRAIN = join(SPEECH, 'rms-train.wav');
const TRAIN_TEXT = 'She told him that the train\nwould leave early in the morning.';

const run = (t: TestContext, ...args: string[]) => EarshotProcess.start(t, ['align', ...args]).ended;

interface Line {
  readonly text: string;
  readonly line: number;
  readonly start: number | null;
  readonly end: number | null;
  readonly confidence: number;
}

function linesOf(stdout: string): Line[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('align dates each word of a text, in order, and is sure of what was said', async (t) => {
  const file = join(temporaryFolder(t), 'train.txt');
  writeFileSync(file, TRAIN_TEXT);
  const { code, stdout, stderr } = await run(t, TRAIN, file);
  assert.deepEqual([code, stderr], [0, '']);
  const words = linesOf(stdout);
  assert.deepEqual(
    words.map(({ text }) => text),
    TRAIN_TEXT.split(/\s+/),
  );
  assert.deepEqual([words[5]!.line, words[6]!.line], [1, 2]);
  let at = 0;
  for (const { start, end, confidence } of words) {
    assert.ok(
      start! >= at && end! > start! && confidence > 0.5,
      JSON.stringify({ at, start, end, confidence }),
    );
    at = end!;
  }
});

test('align says which words were not found, which can not be said, and what is not in the text', async (t) => {
  const file = join(temporaryFolder(t), 'train.txt');
  writeFileSync(file, 'She told him that\ncompletely unrelated paragraphs 漢字\nleave early in the morning.');
  const { code, stdout, stderr } = await run(t, TRAIN, file);
  assert.equal(code, 1);
  const missing = linesOf(stdout).filter(({ start }) => start === null);
  assert.deepEqual(
    missing.map(({ text, line, end, confidence }) => ({ text, line, end, confidence })),
    ['completely', 'unrelated', 'paragraphs'].map((text) => ({ text, line: 2, end: null, confidence: 0 })),
  );
  assert.match(stderr, /train\.txt:2: “漢字” can not be said/);
  assert.match(
    stderr,
    /train\.txt:2: “completely unrelated paragraphs” was not found between 1\.\d+ s and 2\.\d+ s/,
  );
  assert.match(
    stderr,
    /rms-train\.wav: from 1\.\d+ s to \d\.\d+ s something is said .*before “leave” .*:3\)/,
  );
});

test('align reads text and recording from the standard input, and writes a file', async (t) => {
  const output = join(temporaryFolder(t), 'train.TextGrid');
  const process = EarshotProcess.start(t, [
    ...['align', '-', '--text', TRAIN_TEXT, '--format', 'textgrid', '--output', output],
  ]);
  createReadStream(TRAIN).pipe(process.process.stdin!);
  assert.deepEqual(await process.ended, { code: 0, stdout: '', stderr: '' });
  assert.match(readFileSync(output, 'utf8'), /^File type = "ooTextFile"\n[\s\S]*text = "train"\n/);
});

for (const [what, args, message] of [
  ['no text', [TRAIN], /Expected the text once/],
  ['a text file that is not there', [TRAIN, 'gone.txt'], /gone\.txt can not be read: ENOENT/],
  ['all from the standard input', ['-', '-'], /can not both be read/],
  [
    'a text in which nothing can be said',
    [TRAIN, '--text', '— 漢字 …'],
    /nothing in the text that can be said/,
  ],
] as const) {
  test(`align refuses ${what}`, async (t) => {
    const { code, stderr, stdout } = await run(t, ...args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, message);
  });
}
