import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FakePrograms } from '../capture/fake-program.ts';
import { EarshotProcess, type ProcessEnd, startDaemon } from '../support/daemon.ts';
import { TestClient } from '../support/test-client.ts';
import { copyBundle, TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const SPEECH_FILE = fileURLToPath(new URL('../fixtures/speech/heart-digits.wav', import.meta.url));
const SPEECH = readFileSync(SPEECH_FILE);
const onLinux = {
  skip: process.platform === 'linux' ? false : 'elsewhere opening a pipe waits for its writer',
};

test('SIGTERM during speech: the final still arrives, then 1001, and the daemon ends with 0', async (t) => {
  const { daemon, url } = await startDaemon(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(SPEECH);
  await client.next('partial');
  daemon.process.kill('SIGTERM');
  assert.notEqual((await client.next('final')).text, '');
  assert.deepEqual(await client.closed, { code: 1001, reason: 'SHUTTING_DOWN' });
  assert.equal((await daemon.ended).code, 0);
});

test('a second signal ends the daemon at once', async (t) => {
  const { daemon, url } = await startDaemon(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  await client.next('ready');
  client.socket.pause(); // it does not answer the close, so the first signal takes its time
  daemon.process.kill('SIGINT');
  await daemon.logLine('stopping');
  daemon.process.kill('SIGINT');
  assert.equal((await daemon.ended).code, 1);
  client.socket.terminate();
});

test('the same speech in any messages, from several clients at once, gives the same finals', async (t) => {
  const { url } = await startDaemon(t);
  const transcripts = await Promise.all(
    [SPEECH.length, 8192, 999].map(async (messageBytes) => {
      const client = await TestClient.connect(`${url}/v1/stream`);
      for (let start = 0; start < SPEECH.length; start += messageBytes) {
        client.sendAudio(SPEECH.subarray(start, start + messageBytes));
      }
      client.send({ type: 'stop' });
      assert.equal((await client.closed).code, 1000);
      return client.messages
        .filter(({ type }) => type === 'final')
        .map((final) => ({ ...final, latencyMs: null }));
    }),
  );
  assert.ok((transcripts[0]?.length ?? 0) > 0);
  assert.deepEqual(transcripts[1], transcripts[0]);
  assert.deepEqual(transcripts[2], transcripts[0]);
});

test('a file played as the microphone reaches the subscribers', async (t) => {
  const { url } = await startDaemon(t, ['--source', SPEECH_FILE, '--loop']);
  const client = await TestClient.connect(`${url}/v1/microphone?levels=1`);
  assert.equal((await client.next('microphone')).state, 'running');
  await client.next('level');
  await client.next('partial');
  await client.next('final');
});

test('the end of a file played as the microphone is told', async (t) => {
  const { url } = await startDaemon(t, ['--source', SPEECH_FILE]);
  const client = await TestClient.connect(`${url}/v1/microphone`);
  while ((await client.next('microphone')).state !== 'off');
});

for (const { writer, bytes, state } of [
  { writer: 'nobody', bytes: 0, state: 'starting' },
  { writer: 'a program that stops writing', bytes: 40_000, state: 'running' },
]) {
  test(
    `a named pipe of ${writer} as the microphone: the daemon serves, and SIGTERM ends it`,
    onLinux,
    async (t) => {
      const pipe = join(temporaryFolder(t), 'pipe');
      assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
      const { daemon } = await startDaemon(t, ['--source', pipe]);
      if (bytes > 0) {
        const descriptor = openSync(pipe, 'r+');
        t.after(() => closeSync(descriptor));
        writeSync(descriptor, SPEECH, 0, bytes);
      }
      await daemon.logLine('microphone', (line) => line['state'] === state);
      daemon.process.kill('SIGTERM');
      assert.equal((await daemon.ended).code, 0);
    },
  );
}

test('recorder program missing: the server serves, log and /readyz name program and install command', async (t) => {
  const { daemon, httpUrl, url } = await startDaemon(t, []);
  const { microphone, ready } = await (await fetch(`${httpUrl}/readyz`)).json();
  assert.equal(ready, true);
  assert.equal(microphone.code, 'RECORDER_MISSING');
  assert.match(microphone.detail, /arecord|sox/);
  assert.match(microphone.detail, /install/);
  const line = await daemon.logLine('microphone', ({ code }) => code === 'RECORDER_MISSING');
  assert.equal(line['detail'], microphone.detail);
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(SPEECH);
  await client.next('partial');
});

test('recorder dies: subscribers are told, it is started again, and sound comes again', async (t) => {
  const programs = await FakePrograms.create();
  t.after(() => programs.remove());
  await programs.install('arecord', 'play(tone(320));');
  const { url, httpUrl } = await startDaemon(t, ['--set', 'microphone.restartMinMs=50'], programs.env);
  const client = await TestClient.connect(`${url}/v1/microphone?levels=1`);
  await client.next('level');
  const [pid] = await programs.startedPids('arecord');
  process.kill(pid!, 'SIGTERM');
  for (const state of ['restarting', 'running']) {
    while ((await client.next('microphone')).state !== state);
  }
  await client.next('level');
  assert.match(await (await fetch(`${httpUrl}/metrics`)).text(), /^earshot_recorder_restarts_total 1$/m);
});

test('model file missing: refused with exit code 1, code and file', async (t) => {
  const bundle = copyBundle(t);
  rmSync(join(bundle, 'model.fp32.onnx'));
  const { code, stderr } = await serve(t, ['--model', bundle]);
  assert.equal(code, 1);
  assert.match(stderr, /MODEL_MISSING/);
  assert.ok(stderr.includes(join(bundle, 'model.fp32.onnx')));
});

test('model file damaged: refused with exit code 1, code, file and field', async (t) => {
  const bundle = copyBundle(t);
  writeFileSync(join(bundle, 'model.fp32.onnx'), 'not a model');
  const { code, stderr } = await serve(t, ['--model', bundle]);
  assert.equal(code, 1);
  assert.match(stderr, /MODEL_HASH.*model\.fp32\.onnx.*files\.fp32\.sha256/);
});

test('model file of a wrong shape: refused with exit code 1, code, file and field', async (t) => {
  const bundle = copyBundle(t, ({ states }) => Object.assign(states[1], { shape: [2, -1, 16] }));
  const { code, stderr } = await serve(t, ['--model', bundle]);
  assert.equal(code, 1);
  assert.match(stderr, /MODEL_SHAPE.*"hidden".*states\.1\.input in model\.json/);
});

test('CUDA or DirectML not loadable: the CPU runs, and log and /readyz say why; with strict it is fatal', async (t) => {
  const missing = process.platform === 'win32' ? 'cuda' : 'dml';
  const providers = ['--set', `model.providers=${missing},cpu`];
  const { daemon, httpUrl } = await startDaemon(t, ['--no-microphone', ...providers]);
  const { ready, provider, rejectedProviders } = await (await fetch(`${httpUrl}/readyz`)).json();
  assert.deepEqual([ready, provider, rejectedProviders.length], [true, 'cpu', 1]);
  assert.equal(rejectedProviders[0].provider, missing);
  assert.match(rejectedProviders[0].reason, /\S/);
  assert.deepEqual((await daemon.logLine('ready'))['rejectedProviders'], rejectedProviders);
  const { code, stderr } = await serve(t, [...providers, '--set', 'model.strict=true']);
  assert.equal(code, 1);
  assert.ok(stderr.includes('PROVIDER_UNAVAILABLE') && stderr.includes(rejectedProviders[0].reason), stderr);
});

test('model.json with a wrong field: refused with exit code 1, code, file and field', async (t) => {
  const bundle = copyBundle(t, (description) => {
    description.framesPerStep = 'four';
  });
  const { code, stderr } = await serve(t, ['--model', bundle]);
  assert.equal(code, 1);
  assert.match(stderr, /MODEL_INVALID.*model\.json.*framesPerStep/);
});

test('a grammar of the microphone that can not be read: refused with exit code 1, code, line and column', async (t) => {
  const grammar = join(temporaryFolder(t), 'lights.txt');
  writeFileSync(grammar, 'turn (on|off the light\n');
  const { code, stderr } = await serve(t, ['--set', `microphone.grammars=${grammar}`]);
  assert.equal(code, 1);
  assert.match(stderr, /GRAMMAR_INVALID.*lights, line 1, column \d+/);
});

test('the microphone listens for the commands of its grammars', async (t) => {
  const grammar = join(temporaryFolder(t), 'lights.txt');
  writeFileSync(grammar, 'turn (on|off) the light\n');
  const source = ['--source', SPEECH_FILE, '--loop'];
  const { url } = await startDaemon(t, [...source, '--set', `microphone.grammars=${grammar}`]);
  const client = await TestClient.connect(`${url}/v1/microphone`);
  assert.deepEqual((await client.next('ready')).task, { type: 'commands', grammars: ['lights'] });
  const { intent, refusal } = await client.next('final');
  assert.ok(intent ?? refusal);
});

test('an audio file that is not there: refused with exit code 1', async (t) => {
  const { code, stderr } = await serve(t, ['--source', '/nowhere/speech.wav']);
  assert.equal(code, 1);
  assert.match(stderr, /AUDIO_FILE_UNREADABLE.*\/nowhere\/speech\.wav/);
});

test('a port in use: refused with exit code 1 and what to do', async (t) => {
  const { httpUrl } = await startDaemon(t);
  const { code, stderr } = await serve(t, ['--no-microphone', '--port', new URL(httpUrl).port]);
  assert.equal(code, 1);
  assert.match(stderr, /PORT_IN_USE.*--port/);
});

test('a wrong setting and an unknown option are wrong use: exit code 2', async (t) => {
  const wrongValue = await EarshotProcess.start(t, ['serve', '--port', 'many']).ended;
  assert.equal(wrongValue.code, 2);
  assert.match(wrongValue.stderr, /server\.port \(from --port\)/);
  const unknown = await EarshotProcess.start(t, ['serve', '--prot', '1']).ended;
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /unknown option '--prot'/);
});

/** `earshot serve` that is expected to end by itself; `args` win over the usual ones. */
function serve(t: TestContext, args: readonly string[]): Promise<ProcessEnd> {
  return EarshotProcess.start(t, ['serve', '--model', TINY_MODEL, '--port', '0', ...args]).ended;
}
