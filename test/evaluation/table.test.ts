import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownTable, plainTable } from '../../agent/evaluation/table.ts';

const COLUMNS = [{ title: 'name' }, { title: 'n', align: 'right' }] as const;

test('pads columns to their widest cell', () => {
  assert.equal(
    plainTable(COLUMNS, [
      ['a', '10'],
      ['longer', '5'],
    ]),
    'name     n\n──────  ──\na       10\nlonger   5',
  );
});

test('writes Markdown with the alignment in the rule and bars escaped', () => {
  assert.equal(markdownTable(COLUMNS, [['a|b', '1']]), '| name |   n |\n| ---- | --: |\n| a\\|b |   1 |');
});
