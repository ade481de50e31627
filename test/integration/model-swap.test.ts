import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EarshotProcess, startDaemon } from '../support/daemon.ts';
import { TestClient } from '../support/test-client.ts';
import { copyBundle, TINY_LSTM } from '../support/tiny-bundle.ts';

const SPEECH_FILE = fileURLToPath(new URL('../fixtures/speech/heart-digits.wav', import.meta.url));
const SPEECH = readFileSync(SPEECH_FILE);
const HALF = SPEECH.length / 2;

/** `earshot models use` for the daemon at this address. */
function use(t: TestContext, model: string, httpUrl: string) {
  return EarshotProcess.start(t, ['models', 'use', model, '--server', httpUrl]).ended;
}

/** What the command sends, without a process for it. */
async function post(httpUrl: string, model: string) {
  const query = new URLSearchParams({ use: model });
  const answer = await fetch(`${httpUrl}/v1/model?${query}`, { method: 'POST' });
  return { status: answer.status, ...((await answer.json()) as { code: string; message: string }) };
}

function lstm(t: TestContext): string {
  return copyBundle(
    t,
    (description) => {
      description.name = 'the-lstm';
    },
    TINY_LSTM,
  );
}

async function finalsOf(client: TestClient): Promise<unknown[]> {
  await client.closed;
  const finals = client.messages.filter(({ type }) => type === 'final');
  return finals.map((final) => ({ ...final, latencyMs: null }));
}

test('models use: streams that are open finish on their model, new ones get the new model, the old one is freed', async (t) => {
  const { daemon, url, httpUrl } = await startDaemon(t);
  const quiet = await TestClient.connect(`${url}/v1/stream`);
  quiet.sendAudio(SPEECH);
  quiet.send({ type: 'stop' });
  const expected = await finalsOf(quiet);

  const old = await TestClient.connect(`${url}/v1/stream`);
  old.sendAudio(SPEECH.subarray(0, HALF));
  await old.next('partial');
  const { code, stdout } = await use(t, lstm(t), httpUrl);
  assert.deepEqual([code, stdout], [0, 'New streams get the-lstm 1.0.0.\n']);

  const fresh = await TestClient.connect(`${url}/v1/stream`);
  assert.equal((await fresh.next('ready')).model.name, 'the-lstm');
  fresh.sendAudio(SPEECH);
  fresh.send({ type: 'stop' });
  assert.notDeepEqual(await finalsOf(fresh), expected);

  const busy = await post(httpUrl, lstm(t));
  assert.deepEqual([busy.status, busy.code], [409, 'MODEL_BUSY']);

  old.sendAudio(SPEECH.subarray(HALF));
  old.send({ type: 'stop' });
  assert.deepEqual(await finalsOf(old), expected);
  await daemon.logLine('model freed');
  const { model } = await (await fetch(`${httpUrl}/readyz`)).json();
  assert.equal(model.name, 'the-lstm');
  assert.match(await (await fetch(`${httpUrl}/metrics`)).text(), /^earshot_model_info\{model="the-lstm"/m);
});

test('models use: a broken bundle is refused, with its reason, and the old model stays', async (t) => {
  const { url, httpUrl } = await startDaemon(t);
  const damaged = lstm(t);
  writeFileSync(join(damaged, 'model.fp32.onnx'), 'not a model');
  const { code, stderr } = await use(t, damaged, httpUrl);
  assert.equal(code, 1);
  assert.match(stderr, /MODEL_HASH.*files\.fp32\.sha256/);
  const missing = await post(httpUrl, 'no-such-model');
  assert.deepEqual([missing.status, missing.code], [422, 'MODEL_MISSING']);
  assert.match(missing.message, /fixtures\/no-such-model/);
  const relative = await post(httpUrl, '../fixtures/tiny-lstm');
  assert.deepEqual([relative.status, relative.code], [400, 'MESSAGE_INVALID']);
  const client = await TestClient.connect(`${url}/v1/stream`);
  assert.equal((await client.next('ready')).model.name, 'tiny-model');
  client.sendAudio(SPEECH);
  client.send({ type: 'stop' });
  assert.ok((await finalsOf(client)).length > 0);
});

test('models use: the microphone moves over too, by the name of a neighbour of the configured model', async (t) => {
  const { daemon, url, httpUrl } = await startDaemon(t, [
    ...['--source', SPEECH_FILE, '--loop', '--set', 'endpoint.rule3UtteranceMs=1000'],
  ]);
  const client = await TestClient.connect(`${url}/v1/microphone`);
  await client.next('partial');
  assert.equal((await post(httpUrl, 'tiny-lstm')).status, 200);
  await daemon.logLine('model freed');
  assert.match(await (await fetch(`${httpUrl}/metrics`)).text(), /^earshot_model_info\{model="tiny-lstm"/m);
});

test('models use says where no daemon answers', async (t) => {
  const { code, stderr } = await use(t, 'any', 'http://127.0.0.1:1');
  assert.equal(code, 1);
  assert.match(stderr, /^earshot: SERVER_UNREACHABLE: No connection to .*earshot serve/);
});
