import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MARKED_TABLE, notShown, renderTable } from '../../scripts/clients/render-table.ts';
import { CARRIES, ROWS, record } from '../clients/feature-table.ts';

test('a mark stands where a test has shown it, a dash where the protocol has no word for it', () => {
  const table = renderTable([
    { protocol: 'sherpa-onnx', client: 'b', features: ['finals'] },
    { protocol: 'Vosk', client: 'z', features: ['finals'] },
    { protocol: 'Vosk', client: 'a', features: ['flush'] },
    { protocol: 'Vosk', client: 'z', features: ['alternatives', 'finals'] },
  ]);
  const [head, , ...rows] = table.trim().split('\n');
  assert.match(head ?? '', /^\| protocol \| client \| finals \| partials \|/);
  assert.deepEqual(rows, [
    '| Vosk | a |  |  |  |  |  | – | ✔ | – | – | – | – | – |  | – |',
    '| Vosk | z | ✔ |  |  |  | ✔ | – |  | – | – | – | – | – |  | – |',
    '| sherpa-onnx | b | ✔ |  |  |  | – | – | – | – | – | – | – | – | – | – |',
  ]);
});

test('the table in the document is that of the rows, and tests can record nothing else', () => {
  const document = readFileSync('agent/COMPATIBILITY.md', 'utf8');
  assert.equal(MARKED_TABLE.exec(document)?.[0], renderTable(ROWS));
  const [row] = ROWS;
  assert.throws(() => record({ ...row!, features: ['discovery'] }), /ROWS lacks "discovery"/);
  assert.throws(() => record({ ...row!, client: 'another' }), /ROWS lacks/);
});

test('no row has what its protocol can not carry', () => {
  for (const { protocol, client, features } of ROWS) {
    for (const feature of features) assert.ok(CARRIES[protocol]?.includes(feature), `${client}: ${feature}`);
  }
});

test('what tests that were skipped would have shown is named, client by client', () => {
  const row = { protocol: 'Vosk', client: 'a', features: ['finals', 'words, times', 'flush'] } as const;
  const other = { protocol: 'Deepgram', client: 'a', features: ['flush', 'words, times'] } as const;
  assert.deepEqual(notShown([row], [other, { ...row, features: ['finals'] }]), [
    'Vosk, a: words, times; flush',
  ]);
  assert.deepEqual(notShown([row], [row]), []);
});
