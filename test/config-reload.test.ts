import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { configSchema } from '../agent/config.ts';
import { applySettings, compareConfigs, reloadEffect } from '../agent/config-reload.ts';
import { SETTINGS } from '../agent/settings.ts';
import { startDaemon } from './support/daemon.ts';
import { pcm, refusal, TestClient } from './support/test-client.ts';
import { temporaryFolder } from './support/tiny-bundle.ts';

test('the page lists exactly the settings that a reload changes, and when', () => {
  const rows = [...readFileSync('agent/RELOAD.md', 'utf8').matchAll(/^\| `([\w.]+)` \| (.*) \|$/gm)];
  const reloadable = SETTINGS.filter(({ key }) => reloadEffect(key) !== 'restart');
  assert.deepEqual(
    rows.map(([, key, effect]) => `${key} ${effect}`),
    reloadable.map(({ key }) => `${key} ${reloadEffect(key)}`),
  );
});

test('what changed is applied or named; what did not change is left alone', () => {
  const current = configSchema.parse({});
  const { server } = current;
  const next = configSchema.parse({ server: { port: 1, token: 'new', limits: { clientsPerAddress: 3 } } });
  const result = compareConfigs(current, next);
  assert.deepEqual(result, {
    applied: ['server.token', 'server.limits.clientsPerAddress'],
    needsRestart: ['server.port'],
  });
  applySettings(current, next, result.applied);
  assert.deepEqual([server.token, server.limits.clientsPerAddress, server.port], ['new', 3, 2750]);
});

test('SIGHUP: a stream goes on, new clients meet the new settings; a file with a fault changes nothing', async (t) => {
  const file = join(temporaryFolder(t), 'earshot.yaml');
  writeFileSync(file, 'server:\n  token: one\n');
  const { daemon, url } = await startDaemon(t, ['--no-microphone', '--config', file]);
  const stream = await TestClient.connect(`${url}/v1/stream?token=one`);

  writeFileSync(file, 'server:\n  token: two\n  rootProtocol: none\n');
  daemon.process.kill('SIGHUP');
  const line = await daemon.logLine('configuration reloaded');
  assert.deepEqual([line['applied'], line['needsRestart']], [['server.token'], ['server.rootProtocol']]);
  assert.equal((await refusal(`${url}/v1/stream?token=one`)).statusCode, 401);

  writeFileSync(file, 'server:\n  token: three\n  unknown: 1\n');
  daemon.process.kill('SIGHUP');
  const fault = await daemon.logLine('configuration not reloaded, the old one stays');
  assert.equal(fault['code'], 'CONFIG_INVALID');
  await TestClient.connect(`${url}/v1/stream?token=two`);

  stream.sendAudio(pcm(0.5));
  stream.send({ type: 'stop' });
  assert.equal((await stream.closed).code, 1000);
});

test('SIGUSR2 drains: nobody new is let in, who is there finishes, then the process ends with 0', async (t) => {
  const { daemon, url, httpUrl } = await startDaemon(t);
  const stream = await TestClient.connect(`${url}/v1/stream`);
  daemon.process.kill('SIGUSR2');
  await daemon.logLine('stopping');
  const response = await refusal(`${url}/v1/stream`);
  assert.equal(response.statusCode, 503);
  assert.ok(Number(response.headers['retry-after']) > 0);
  assert.equal((await fetch(`${httpUrl}/readyz`)).status, 503);
  stream.sendAudio(pcm(0.5));
  stream.send({ type: 'stop' });
  assert.equal((await stream.closed).code, 1000);
  assert.equal((await daemon.ended).code, 0);
});
