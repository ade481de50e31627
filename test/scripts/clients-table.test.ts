import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderTable } from '../../scripts/clients/render-table.ts';

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
