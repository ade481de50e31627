import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  errorRateTable,
  type System,
  systemOfResults,
  systemOfTable,
} from '../../../scripts/other-systems/heard-recordings.ts';
import { utterance } from '../../support/utterance.ts';

const TABLE = `file\tdataset\ttext\theard\tseconds\tprocessor_seconds
a/1.opus\ta\tTwo cups, please.\t2 cups please\t2.00\t0.300
b/1.opus\tb\tGOOD MORNING\tgood warning\t1.00\t0.300
c/1.opus\tc\tyes\t\t1.00\t0.400
`;

function rowsOf(table: string): string[][] {
  return table.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('texts of another system are compared in the form of earshot eval', () => {
  const { recordings, rtf } = systemOfTable('other', TABLE);
  assert.deepEqual(
    recordings.map(({ file, words }) => [file, words.reference, words.substitutions, words.deletions]),
    [
      ['a/1.opus', 3, 0, 0],
      ['b/1.opus', 2, 1, 0],
      ['c/1.opus', 1, 0, 1],
    ],
  );
  assert.equal(rtf, 0.25);
});

test('systems stand side by side, data sets that are read together in one row', () => {
  const results = [
    utterance('two cups please', 'two cups please', { file: 'a/1.opus', dataset: 'a' }),
    utterance('good morning', 'could morning', { file: 'b/1.opus', dataset: 'b' }),
    utterance('yes', 'yes', { file: 'c/1.opus', dataset: 'c' }),
  ];
  const ours = systemOfResults('ours', JSON.stringify({ results, summaries: [{ rtf: 1 }, { rtf: 0.0625 }] }));
  const rows = rowsOf(errorRateTable([ours, systemOfTable('other', TABLE)], [['a', 'c']]));
  assert.deepEqual(rows[0], ['data set', 'recordings', 'ours', 'other']);
  assert.deepEqual(rows[2], ['a, c', '2', '0.0 (0.0–0.0)', '25.0 (0.0–100.0)']);
  assert.deepEqual(rows[3]?.slice(0, 2), ['b', '1']);
  assert.deepEqual(
    rows[4]?.map((cell) => cell.split(' ')[0]),
    ['all', '3', '16.7', '33.3'],
  );
  assert.deepEqual(rows[5], ['computing, s a second of sound', '', '0.063', '0.250']);
});

test('the recordings of the first system are compared, which all others must have heard', () => {
  const whole = systemOfTable('whole', TABLE);
  const part: System = { ...whole, name: 'part', recordings: whole.recordings.slice(1) };
  const all = rowsOf(errorRateTable([part, whole], [])).find(([name]) => name === 'all');
  assert.deepEqual(
    all?.map((cell) => cell.split(' ')[0]),
    ['all', '2', '66.7', '66.7'],
  );
  assert.throws(() => errorRateTable([whole, part], []), /part .* that whole did, got none of a\/1\.opus/);
});
