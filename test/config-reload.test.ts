import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { configSchema } from '../agent/config.ts';
import { applySettings, compareConfigs, reloadEffect } from '../agent/config-reload.ts';
import { digestToken, formatTokenEntry } from '../agent/server/token.ts';
import { SETTINGS } from '../agent/settings.ts';
import { startDaemon } from './support/daemon.ts';
import { pcm, refusal, TestClient } from './support/test-client.ts';
import { temporaryFolder } from './support/tiny-bundle.ts';

const SPEECH = readFileSync('test/fixtures/speech/heart-digits.wav');

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

test('SIGHUP with a file that was emptied, or is gone, changes nothing: nobody comes in without the token', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'earshot.yaml');
  writeFileSync(file, 'server:\n  token: one\n');
  const { daemon, url } = await startDaemon(t, ['--no-microphone', '--config', file]);
  const refusals: string[] = [];
  const reloadRefused = async () => {
    daemon.process.kill('SIGHUP');
    const line = await daemon.logLine(
      'configuration not reloaded, the old one stays',
      ({ code }) => !refusals.includes(String(code)),
    );
    refusals.push(String(line['code']));
    assert.equal((await refusal(`${url}/v1/stream`)).statusCode, 401);
  };
  writeFileSync(file, '');
  await reloadRefused();
  rmSync(file);
  await reloadRefused();
  assert.deepEqual(refusals, ['TOKEN_REQUIRED', 'CONFIG_INVALID']);
});

test('SIGHUP: partials for new streams, idle time for new sessions, the limit of an address at once', async (t) => {
  const file = join(temporaryFolder(t), 'earshot.yaml');
  const write = (partials: boolean, idleTimeoutMs: number, clientsPerAddress: number) =>
    writeFileSync(
      file,
      JSON.stringify({ transcript: { partials }, server: { idleTimeoutMs, limits: { clientsPerAddress } } }),
    );
  write(true, 60_000, 8);
  const { daemon, url } = await startDaemon(t, ['--no-microphone', '--config', file]);
  const old = await TestClient.connect(`${url}/v1/stream`);
  old.sendAudio(SPEECH);
  await old.next('partial');

  write(false, 1500, 2);
  daemon.process.kill('SIGHUP');
  const { applied } = await daemon.logLine('configuration reloaded');
  const changed = ['transcript.partials', 'server.idleTimeoutMs', 'server.limits.clientsPerAddress'];
  assert.deepEqual([...(applied as string[])].sort(), changed.sort());
  const fresh = await TestClient.connect(`${url}/v1/stream`);
  fresh.sendAudio(SPEECH);
  assert.equal((await refusal(`${url}/v1/stream`)).statusCode, 429);
  assert.equal((await fresh.next('error')).code, 'IDLE_TIMEOUT');
  await fresh.closed;
  const types = fresh.messages.map(({ type }) => type);
  assert.ok(types.includes('final') && !types.includes('partial'), types.join());

  const count = old.messages.filter(({ type }) => type === 'partial').length;
  old.sendAudio(SPEECH);
  old.send({ type: 'stop' });
  assert.equal((await old.closed).code, 1000);
  assert.ok(old.messages.filter(({ type }) => type === 'partial').length > count);
});

test('a file of tokens that holds none lets nobody in, from the start and after a reload, and the log says so', async (t) => {
  const folder = temporaryFolder(t);
  const [file, tokensFile] = [join(folder, 'earshot.yaml'), join(folder, 'tokens')];
  const line = formatTokenEntry({
    name: 'kitchen',
    scopes: ['stream'],
    digest: digestToken('secret'),
    expiresAt: null,
  });
  writeFileSync(file, `server:\n  tokensFile: ${tokensFile}\n`);
  writeFileSync(tokensFile, `# ${line}\n`);
  const { daemon, url } = await startDaemon(t, ['--no-microphone', '--config', file]);
  const status = async (query: string) => (await refusal(`${url}/v1/stream${query}`)).statusCode;
  await daemon.logLine('nobody may connect: the file of tokens holds none');
  assert.equal(await status('?token=secret'), 401);

  writeFileSync(tokensFile, `${line}\n`);
  daemon.process.kill('SIGHUP');
  const reloaded = await daemon.logLine('configuration reloaded');
  await TestClient.connect(`${url}/v1/stream?token=secret`);
  assert.equal(await status(''), 401);

  writeFileSync(tokensFile, `# ${line}\n`);
  daemon.process.kill('SIGHUP');
  await daemon.logLine('configuration reloaded', (line) => line !== reloaded);
  assert.equal(await status('?token=secret'), 401);
  assert.equal(await status(''), 401);
  daemon.process.kill('SIGTERM');
  assert.equal((await daemon.ended).stderr.match(/nobody may connect/g)?.length, 2);
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
