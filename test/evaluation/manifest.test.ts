import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError } from '../../agent/errors.ts';
import { parseManifest, selectRows } from '../../agent/evaluation/manifest.ts';

const invalid = (message: RegExp) => (error: unknown) =>
  error instanceof AgentError && error.code === 'MANIFEST_INVALID' && message.test(error.message);

test('finds columns by name, in any order, and leaves others alone', () => {
  const rows = parseManifest('speaker\ttext\tfile\nx\tHello.\ta.wav\n', 'm.tsv');
  assert.deepEqual(rows, [{ line: 2, file: 'a.wav', text: 'Hello.', dataset: '', split: '' }]);
});

test('reads a file from Windows with a byte-order mark and blank lines', () => {
  const rows = parseManifest('\ufefffile\ttext\tsplit\r\n\r\na.wav\thi\ttest\r\n', 'm.tsv');
  assert.deepEqual(rows, [{ line: 3, file: 'a.wav', text: 'hi', dataset: '', split: 'test' }]);
});

test('names a missing column and what was there instead', () => {
  assert.throws(() => parseManifest('path\ttext\n', 'm.tsv'), invalid(/line 1: .*"file".*got: path, text/));
  assert.throws(() => parseManifest('', 'm.tsv'), invalid(/line 1: .*"file".*an empty line/));
});

test('names the line and column of a missing cell', () => {
  assert.throws(
    () => parseManifest('file\ttext\na\tx\nb\n', 'm.tsv'),
    invalid(/line 3: column "text" is missing/),
  );
  assert.throws(() => parseManifest('file\ttext\n\tx\n', 'm.tsv'), invalid(/line 2: column "file" is empty/));
  assert.throws(
    () => parseManifest('file\ttext\na\tb\tc\n', 'm.tsv'),
    invalid(/line 2: expected 2 columns.*got 3/),
  );
});

const rows = parseManifest(
  ['file\ttext\tdataset\tsplit', '1\ta\tan4\ttest', '2\tb\tan4\tdev', '3\tc\tvctk\ttest'].join('\n'),
  'm.tsv',
);
const files = (filter: Parameters<typeof selectRows>[1]) => selectRows(rows, filter).map(({ file }) => file);

test('selects by data set, split and number', () => {
  assert.deepEqual(files({}), ['1', '2', '3']);
  assert.deepEqual(files({ datasets: ['an4'] }), ['1', '2']);
  assert.deepEqual(files({ splits: ['test'] }), ['1', '3']);
  assert.deepEqual(files({ splits: ['test'], limit: 1 }), ['1']);
});

test('refuses what the manifest does not have', () => {
  assert.throws(() => files({ datasets: ['ami'] }), invalid(/no dataset "ami".*an4, vctk/));
  assert.throws(() => files({ splits: ['train'] }), invalid(/no split "train".*test, dev/));
  assert.throws(() => files({ datasets: ['vctk'], splits: ['dev'] }), invalid(/no such rows/));
});
