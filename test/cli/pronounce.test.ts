import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EarshotProcess } from '../support/daemon.ts';
import { TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const run = (t: TestContext, ...args: string[]) => EarshotProcess.start(t, ['pronounce', ...args]).ended;

test('pronounce shows how words sound, where that is from, and the user’s corrections', async (t) => {
  const file = join(temporaryFolder(t), 'names.txt');
  writeFileSync(file, 'Siobhan\tSH IH V AO N\n');
  const own = ['--set', `decoder.pronunciations=${file}`];
  const { code, stdout } = await run(t, ...own, 'tomato', 'Siobhan', 'mp3', 'blorping');
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^tomato +T AH M EY T OW +lexicon +0\.50$/m);
  assert.match(stdout, /^ +T AH M AA T OW +lexicon/m);
  assert.match(stdout, /^Siobhan +SH IH V AO N +user +1\.00$/m);
  assert.match(stdout, /^mp3 +EH M P IY TH R IY/m);
  assert.match(stdout, /^blorping +B L (ER|AO R) P IH NG +letter-to-sound/m);
});

test('pronounce gives JSON, and fails where a word can not be said', async (t) => {
  const { code, stdout } = await run(t, '--json', '--alternatives', '1', 'tomato', '?!');
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(stdout), [
    {
      word: 'tomato',
      pronunciations: [{ phonemes: 'T AH M EY T OW', source: 'lexicon', probability: 0.5 }],
    },
    { word: '?!', pronunciations: [] },
  ]);
});

test('pronounce says what is missing', async (t) => {
  const none = await run(t, '--model', TINY_MODEL, 'word');
  assert.deepEqual([none.code, /has no lexicon/.test(none.stderr)], [1, true]);
  const unread = await run(t, '--set', 'decoder.pronunciations=/nowhere/names.txt', 'word');
  assert.deepEqual([unread.code, /nowhere\/names\.txt.*ENOENT/.test(unread.stderr)], [1, true]);
});
