import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Metrics } from '../../agent/metrics.ts';
import { NO_MICROPHONE } from '../../agent/server/hub.ts';

const METRIC = /\b(?:earshot|nodejs|process)_[a-z0-9_]+\b/g;

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

test('every query of the dashboard names metrics that the daemon has, and every line has a name', async () => {
  const microphone = () => NO_MICROPHONE;
  const metrics = new Metrics({ version: 'test', engine: () => null, microphone, assistant: () => null });
  const text = await metrics.render();
  const existing = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const dashboard = JSON.parse(readFileSync('scripts/grafana/earshot.json', 'utf8')) as Dashboard;
  for (const { title, targets } of dashboard.panels) {
    for (const { expr, legendFormat } of targets) {
      assert.match(legendFormat, /\w/, title);
      const names = [...expr.matchAll(METRIC)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));
      assert.ok(names.length > 0, title);
      assert.deepEqual(
        names.filter((name) => !existing.has(name)),
        [],
        title,
      );
    }
  }
});
