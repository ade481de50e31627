import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Metrics } from '../../agent/metrics.ts';
import { NO_MICROPHONE } from '../../agent/server/hub.ts';
import { SETTINGS } from '../../agent/settings.ts';

const page = readFileSync('agent/OVERLOAD.md', 'utf8');
const names = [...page.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

test('every setting, metric and file of the table of queues exists', async () => {
  const metrics = await new Metrics({
    version: 'test',
    engine: () => null,
    microphone: () => NO_MICROPHONE,
  }).render();
  const settings = names.filter((name) => /^(server|engine|assistant)\.\w/.test(name));
  const counted = names.filter((name) => name.startsWith('earshot_'));
  const files = names.filter((name) => /^\w+\/[\w-]+\.ts$/.test(name));
  assert.ok(settings.length >= 10 && counted.length >= 10 && files.length >= 8);
  for (const name of settings)
    assert.ok(
      SETTINGS.some(({ key }) => key === name),
      `setting ${name}`,
    );
  for (const name of counted) assert.match(metrics, new RegExp(`^# TYPE ${name} `, 'm'));
  for (const name of files) assert.ok(existsSync(`agent/${name}`), name);
});

test('every row says what happens at the bound and where it is seen', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
  assert.ok(rows.length >= 8);
  for (const row of rows) assert.equal(row.split('|').filter((cell) => cell.trim() !== '').length, 5, row);
});
