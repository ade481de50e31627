import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { addHotwordOptions, hotwordsOf } from '../../agent/cli/hotword-options.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

function parse(...args: readonly string[]) {
  const command = new Command();
  addHotwordOptions(command);
  command.parse([...args], { from: 'user' });
  return hotwordsOf(command.opts());
}

test('hotwords come from repeated options and from a file, in this order', async (t) => {
  const file = join(temporaryFolder(t), 'names.txt');
  writeFileSync(file, '# names\nSiobhan:7.5\r\n\n  Lake Wallenpaupack  # in Pennsylvania\n');
  assert.deepEqual(await parse('--hotword', 'Ada', '--hotwords-file', file, '--hotword', 'New York:9'), {
    hotwords: [
      { text: 'Ada' },
      { text: 'New York', boost: 9 },
      { text: 'Siobhan', boost: 7.5 },
      { text: 'Lake Wallenpaupack' },
    ],
  });
});

test('without them the configuration decides', async () => {
  assert.deepEqual(await parse(), {});
});

test('a file that can not be read is named', async () => {
  await assert.rejects(parse('--hotwords-file', 'no-such-file'), {
    code: 'HOTWORD_INVALID',
    message: /no-such-file: ENOENT/,
  });
});
