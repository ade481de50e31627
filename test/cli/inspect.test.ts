import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkAudioPermission } from '../../agent/cli/audio-checks.ts';
import { checkPort } from '../../agent/cli/port-check.ts';
import { checkCpu, checkNode } from '../../agent/cli/system-checks.ts';
import { configSchema, defaultConfig } from '../../agent/config.ts';
import { parseArpa } from '../../scripts/language-model/arpa.ts';
import { encodeModel } from '../../scripts/language-model/model-file.ts';
import { EarshotProcess, startDaemon } from '../support/daemon.ts';
import { TINY_ARPA } from '../support/tiny-arpa.ts';
import { copyBundle, TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const run = (t: TestContext, ...args: string[]) => EarshotProcess.start(t, args).ended;

/** A program of this name that does nothing. */
function programFolder(t: TestContext, name: string): string {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, name), '#!/bin/sh\n');
  chmodSync(join(folder, name), 0o755);
  return folder;
}

test('doctor finds what works, and loads each provider in a process of its own', async (t) => {
  const { code, stdout } = await run(t, 'doctor', '--model', TINY_MODEL, '--no-microphone', '--port', '0');
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^ok +model +tiny-model .*verified/m);
  assert.match(stdout, /^ok +provider cpu +runs fp32/m);
  assert.match(stdout, /^warn +recorder .*\n +→ .*install/m);
});

test('doctor fails and says what mends it where something is missing that is needed', async (t) => {
  const folder = copyBundle(t);
  rmSync(join(folder, 'model.fp32.onnx'));
  const { code, stdout } = await run(t, 'doctor', '--model', folder, '--port', '0', '--json');
  const checks: { name: string; status: string; mend?: string }[] = JSON.parse(stdout);
  const failed = checks.filter(({ status }) => status === 'failed');
  assert.equal(code, 1);
  assert.deepEqual(failed.map(({ name }) => name).sort(), ['model', 'recorder']);
  assert.ok(failed.every(({ mend }) => mend !== undefined));
});

test('doctor knows a daemon from another program on the port', async (t) => {
  const { httpUrl } = await startDaemon(t);
  const portOf = (port: number) => checkPort(configSchema.parse({ server: { port } }));
  const own = await portOf(Number(new URL(httpUrl).port));
  assert.deepEqual([own.status, /daemon runs/.test(own.detail)], ['ok', true]);
  const other = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const taken = await portOf((other.address() as AddressInfo).port);
  assert.deepEqual([taken.status, /another program/.test(taken.detail)], ['failed', true]);
});

test('doctor judges versions and instruction sets', async () => {
  assert.equal(checkNode('20.19.0').status, 'ok');
  assert.equal(checkNode('22.0.0').status, 'ok');
  assert.equal(checkNode('20.18.3').status, 'failed');
  const cpu = (flags: string) => checkCpu(async () => `flags\t\t: fpu ${flags}\n`, 'x64');
  assert.match((await cpu('avx2 fma')).detail, /avx2, fma$/);
  assert.equal((await cpu('sse4_2')).status, 'warning');
  assert.equal((await checkCpu(() => Promise.reject(new Error('none')), 'x64')).status, 'ok');
});

test('doctor sees inputs that the user may not open', {
  skip: process.platform !== 'linux' || process.getuid?.() === 0 ? 'root may open everything' : false,
}, async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'pcmC0D0c'), '');
  assert.equal((await checkAudioPermission(defaultConfig(), folder)).status, 'ok');
  chmodSync(join(folder, 'pcmC0D0c'), 0);
  const denied = await checkAudioPermission(defaultConfig(), folder);
  assert.equal(denied.status, 'failed');
  assert.match(denied.mend ?? '', /usermod -aG audio/);
});

test('devices lists the default first, as a table and as JSON', async (t) => {
  const env = { PATH: programFolder(t, 'rec') };
  const table = await EarshotProcess.start(t, ['devices'], env).ended;
  assert.match(table.stdout, /^\* +default /m);
  const [first] = JSON.parse((await EarshotProcess.start(t, ['devices', '--json'], env).ended).stdout);
  assert.deepEqual([first.name, first.isDefault, first.recorder], ['default', true, 'rec']);
});

test('devices fails without a recorder and says what to install', async (t) => {
  const { code, stderr } = await run(t, 'devices');
  assert.equal(code, 1);
  assert.match(stderr, /RECORDER_MISSING/);
});

test('models lists what is there, also what is broken, and marks the configured one', async (t) => {
  const parent = temporaryFolder(t);
  const good = copyBundle(t);
  mkdirSync(join(parent, 'broken'));
  writeFileSync(join(parent, 'broken', 'model.json'), '{}');
  const broken = await run(t, 'models', '--model', join(parent, 'broken'));
  assert.match(broken.stdout, /^\* .*MODEL_INVALID/m);
  const listed = await run(t, 'models', 'list', '--model', TINY_MODEL, '--json');
  const rows: { name?: string; configured: boolean }[] = JSON.parse(listed.stdout);
  assert.ok(rows.some(({ name, configured }) => name === 'tiny-model' && configured));
  assert.match((await run(t, 'models', '--model', join(good, 'sub', 'x'))).stderr, /MODEL_MISSING/);
});

test('models show tells what a model is', async (t) => {
  assert.match((await run(t, 'models', 'show', TINY_MODEL)).stdout, /^model +tiny-model /m);
  const ahead = copyBundle(t, (description) => Object.assign(description, { lookaheadFrames: 8 }));
  assert.match((await run(t, 'models', 'show', ahead)).stdout, /^look-ahead +80 ms of audio/m);
  const named = await run(t, 'models', 'show', basename(TINY_MODEL), '--model', TINY_MODEL);
  assert.match(named.stdout, /^model +tiny-model /m);
  const { stdout } = await run(t, 'models', 'show', '--model', TINY_MODEL, '--json');
  assert.equal(JSON.parse(stdout).name, 'tiny-model');
});

test('models verify finds a damaged file', async (t) => {
  const folder = copyBundle(t);
  assert.equal((await run(t, 'models', 'verify', folder)).code, 0);
  const file = join(folder, 'model.fp32.onnx');
  const bytes = readFileSync(file);
  bytes[100]! ^= 1;
  writeFileSync(file, bytes);
  const { code, stdout } = await run(t, 'models', 'verify', folder);
  assert.equal(code, 1);
  assert.match(stdout, /^failed +fp32 +MODEL_HASH: /);
});

test('models show and verify look into the language model and the lexicon', async (t) => {
  const folder = copyBundle(t, (description) => {
    description.languageModel = 'lm.bin';
    description.lexicon = 'lexicon.bin';
  });
  const model = new Uint8Array(encodeModel(parseArpa(TINY_ARPA)));
  writeFileSync(join(folder, 'lm.bin'), model);
  const incomplete = await run(t, 'models', 'show', folder);
  assert.equal(incomplete.code, 1);
  assert.match(incomplete.stderr, /MODEL_MISSING.*lexicon\.bin can not be read \(ENOENT\)/);
  writeFileSync(join(folder, 'lexicon.bin'), 'not a lexicon');
  const shown = (await run(t, 'models', 'show', folder)).stdout;
  assert.match(shown, /^language model +order 3, 14 n-grams \(6 \+ 5 \+ 3\), 6 words, 0\.0 MB \(lm\.bin\)$/m);
  assert.match(shown, /^lexicon +LEXICON_INVALID: .*lexicon\.bin/m);
  model[200]! ^= 1;
  writeFileSync(join(folder, 'lm.bin'), model);
  const { code, stdout } = await run(t, 'models', 'verify', folder);
  assert.equal(code, 1);
  assert.match(stdout, /^failed +languageModel +LANGUAGE_MODEL_INVALID: .*lm\.bin: the file is damaged/m);
});

test('bench prints a table, writes JSON and draws a plot', async (t) => {
  const folder = temporaryFolder(t);
  const [json, plot] = [join(folder, 'b.json'), join(folder, 'b.svg')];
  const args = ['bench', '--model', TINY_MODEL, '--streams', '1,2', '--seconds', '2', '--limit', '60000'];
  const { code, stdout } = await run(t, ...args, '--json', json, '--plot', plot);
  assert.equal(code, 0);
  assert.match(stdout, /^streams +partial p50 ms/);
  const report = JSON.parse(readFileSync(json, 'utf8'));
  assert.deepEqual(
    report.loads.map(({ streams }: { streams: number }) => streams),
    [1, 2],
  );
  assert.ok(report.machine.cpu && report.loads[1].partial.count > 0);
  assert.match(readFileSync(plot, 'utf8'), /^<svg /);
});
