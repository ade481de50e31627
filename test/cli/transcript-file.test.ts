import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TranscriptFile } from '../../agent/cli/transcript-file.ts';
import { createFormatter } from '../../agent/cli/transcript-format.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

const FINAL: Final = {
  ...{ type: 'final', segment: 0, text: 'yes', words: [], confidence: 0.9 },
  ...{ start: 0, end: 1, reason: 'endpoint' },
};

test('a transcript takes the place of the one before when it is whole', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'talk.txt');
  writeFileSync(path, 'before');
  const file = new TranscriptFile(path, createFormatter('text', 'talk.wav'));
  file.begin();
  file.take(FINAL);
  assert.equal(readFileSync(path, 'utf8'), 'before');
  file.end(true);
  assert.equal(readFileSync(path, 'utf8'), 'yes\n');
  assert.deepEqual(readdirSync(folder), ['talk.txt']);
});

test('a transcript of silence is a file too, with its head', (t) => {
  const path = join(temporaryFolder(t), 'talk.vtt');
  const file = new TranscriptFile(path, createFormatter('vtt', 'talk.wav'));
  file.begin();
  file.end(true);
  assert.equal(readFileSync(path, 'utf8'), 'WEBVTT\n\n');
});

test('a failure leaves what was heard till then, or nothing', (t) => {
  const folder = temporaryFolder(t);
  for (const [name, finals] of [
    ['nothing', []],
    ['some', [FINAL]],
  ] as const) {
    const file = new TranscriptFile(join(folder, name), createFormatter('text', name));
    file.begin();
    for (const final of finals) file.take(final);
    file.end(false);
  }
  assert.deepEqual(readdirSync(folder), ['some.part']);
});

test('what can not be written is told as such', (t) => {
  const path = join(temporaryFolder(t), 'talk.txt');
  mkdirSync(`${path}.part`);
  const file = new TranscriptFile(path, createFormatter('text', 'talk.wav'));
  assert.throws(() => file.take(FINAL), { code: 'OUTPUT_UNWRITABLE' });
});
