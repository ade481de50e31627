import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpeechEngine } from '../../agent/engine/speech-engine.ts';
import { buildWav } from '../capture/wav-builder.ts';
import { deferred } from '../support/deferred.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { FakeMicrophone } from '../support/fake-microphone.ts';
import { pcm, refusal, TestClient } from '../support/test-client.ts';
import { startTestServer, until } from '../support/test-server.ts';

// Each test is named after its row of the fault table in the design. The rows of recorders, model files and providers take
// a whole daemon: test/integration/daemon.test.ts.

test('text that is not JSON, unknown type, wrong field: an error with code, the connection stays open', async (t) => {
  const { url, metrics } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  for (const text of [
    'garbage',
    '{"type":"unknown"}',
    '{"type":"start","sampleRate":"16000"}',
    '[1]',
    '""',
  ]) {
    client.sendText(text);
    assert.equal((await client.next('error')).code, 'MESSAGE_INVALID', text);
  }
  client.send({ type: 'start' });
  client.sendAudio(pcm(0.5));
  await client.next('partial');
  assert.match(await metrics(), /^earshot_errors_total\{code="MESSAGE_INVALID"\} 5$/m);
});

test('bad messages: the connection is closed after the configured number', async (t) => {
  const { url } = await startTestServer(t, { config: { maxBadMessages: 3 } });
  const client = await TestClient.connect(`${url}/v1/stream`);
  for (let i = 0; i < 3; i++) client.sendText('garbage');
  assert.deepEqual(await client.closed, { code: 4002, reason: 'TOO_MANY_ERRORS' });
  const codes = client.messages.flatMap((message) => (message.type === 'error' ? [message.code] : []));
  assert.deepEqual(codes, ['MESSAGE_INVALID', 'MESSAGE_INVALID', 'MESSAGE_INVALID', 'TOO_MANY_ERRORS']);
});

test('a message over the limit closes with 1009 and is counted', async (t) => {
  const { url, metrics } = await startTestServer(t, { config: { maxMessageBytes: 1000 } });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(new Uint8Array(1001));
  assert.equal((await client.closed).code, 1009);
  assert.match(await metrics(), /^earshot_errors_total\{code="MESSAGE_TOO_LARGE"\} 1$/m);
});

test('odd byte count: the odd byte is carried over to the next message', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  const bytes = pcm(1);
  client.sendAudio(bytes.subarray(0, 999));
  client.sendAudio(bytes.subarray(999, 1000));
  client.sendAudio(bytes.subarray(1000));
  client.send({ type: 'stop' });
  await client.closed;
  assert.equal(engine.streams[0]?.samplesAccepted, 16000);
});

for (const [name, start, bytesPerSecond] of [
  ['wrong rate: it is resampled', { sampleRate: 48000 }, 96000],
  ['stereo: the channels are mixed', { channels: 2 }, 64000],
  ['float samples: they are scaled', { encoding: 'f32le' }, 64000],
] as const) {
  test(`${name}, so that a second of it is a second`, async (t) => {
    const engine = new FakeEngine();
    const { url } = await startTestServer(t, { engine });
    const client = await TestClient.connect(`${url}/v1/stream`);
    client.send({ type: 'start', ...start });
    client.sendAudio(new Uint8Array(bytesPerSecond));
    client.send({ type: 'stop' });
    await client.closed;
    assert.equal(engine.streams[0]?.samplesAccepted, 16000);
  });
}

test('WAV header in the stream: it is skipped and what it says is taken', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  const wav = buildWav({ sampleRate: 8000, channels: 2, data: Buffer.alloc(32000) });
  client.sendAudio(wav.subarray(0, 30));
  client.sendAudio(wav.subarray(30));
  client.send({ type: 'stop' });
  await client.closed;
  assert.equal(engine.streams[0]?.samplesAccepted, 16000);
});

test('a WAV header of a format that nobody reads is refused with its code', async (t) => {
  const { url } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(buildWav({ tag: MP3_TAG, data: Buffer.alloc(100) }));
  assert.equal((await client.next('error')).code, 'AUDIO_FORMAT_UNSUPPORTED');
  assert.equal((await client.closed).code, 1008);
});

test('client sends faster than real time: a bounded queue, then back-pressure on the socket', async (t) => {
  const engine = new FakeEngine({ held: true, queueHighMs: 1000 });
  const { url, metrics } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  const message = new Uint8Array(1 << 16);
  for (let i = 0; i < 512; i++) client.sendAudio(message); // 32 MiB: 17 minutes of audio
  await until(async () => /^earshot_source_pauses_total 1$/m.test(await metrics()));
  const waiting = () => client.socket.bufferedAmount;
  for (let before = -1; before !== waiting(); ) {
    before = waiting();
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(waiting() > 16 << 20, `${waiting()} bytes wait at the client`);
  assert.ok((engine.streams[0]?.queuedMs ?? 0) <= 1500, 'at most one slice over the mark');
  client.socket.terminate();
});

test('one big message does not overrun the queue, and all of it is heard', async (t) => {
  const engine = new FakeEngine({ held: true, queueHighMs: 1000 });
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(30));
  client.send({ type: 'stop' });
  await until(() => (engine.streams[0]?.queuedMs ?? 0) > 1000);
  assert.equal(engine.streams[0]?.queuedMs, 1500);
  engine.release();
  assert.equal((await client.next('final')).words.length, 60);
});

test('client reads too slowly: partials are dropped first, finals never', async (t) => {
  const engine = new FakeEngine();
  const { url, metrics } = await startTestServer(t, { engine, config: { sendBufferBytes: 1000 } });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.send({ type: 'start' });
  await client.next('ready');
  await until(() => engine.streams.length === 1);
  client.socket.pause();
  const [stream] = engine.streams;
  for (let segment = 0; segment < 4; segment++) {
    for (let i = 0; i < 50; i++) stream?.emit({ ...PARTIAL, segment, text: `partial ${i}` });
    stream?.emit({ ...FINAL, segment, text: 'x'.repeat(8 << 20) });
  }
  for (let i = 0; i < 50; i++) stream?.emit({ ...PARTIAL, segment: 4, text: `last ${i}` });
  await until(async () => /^earshot_messages_dropped_total\{type="partial"\} 199$/m.test(await metrics()));
  client.socket.resume();
  assert.equal((await newestPartial(client)).text, 'last 49');
  const finals = client.messages.flatMap((message) => (message.type === 'final' ? [message.segment] : []));
  assert.deepEqual(finals, [0, 1, 2, 3]);
});

test('client reads too slowly: it is closed with a code after the drain time', async (t) => {
  const engine = new FakeEngine();
  const clock = new FakeClock();
  const config = { sendBufferBytes: 1000, drainTimeoutMs: 3000, pingIntervalMs: 60_000 };
  const { url, metrics, clientsGone } = await startTestServer(t, { engine, clock, config });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.send({ type: 'start' });
  await until(() => engine.streams.length === 1);
  client.socket.pause();
  for (let segment = 0; segment < 4; segment++) {
    engine.streams[0]?.emit({ ...FINAL, segment, text: 'x'.repeat(8 << 20) });
  }
  await until(async () =>
    /^earshot_final_latency_seconds_count\{origin="client"\} 4$/m.test(await metrics()),
  );
  clock.advance(3000);
  assert.match(await metrics(), /^earshot_errors_total\{code="SLOW_CLIENT"\} 1$/m);
  clock.advance(2000); // it does not read the close either
  await clientsGone();
  assert.equal(engine.stats().streams, 0);
  client.socket.terminate();
});

test('too many clients: refused with HTTP 503 and Retry-After; a place that becomes free is given', async (t) => {
  const { url, metrics, clientsGone } = await startTestServer(t, { config: { maxClients: 1 } });
  const first = await TestClient.connect(`${url}/v1/stream`);
  const response = await refusal(`${url}/v1/stream`);
  assert.equal(response.statusCode, 503);
  assert.ok(Number(response.headers['retry-after']) > 0);
  assert.match(await metrics(), /^earshot_connections_refused_total\{code="TOO_MANY_CLIENTS"\} 1$/m);
  first.close();
  await clientsGone();
  await TestClient.connect(`${url}/v1/stream`);
});

test('no token or wrong token, foreign Origin: 401 and 403 before any audio is read', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine, config: { token: 'secret' } });
  const refused = async (path: string, headers = {}) => (await refusal(url + path, headers)).statusCode;
  assert.equal(await refused('/v1/stream'), 401);
  assert.equal(await refused('/v1/stream?token=wrong'), 401);
  assert.equal(await refused('/v1/microphone'), 401);
  assert.equal(await refused('/v1/stream?token=secret', { Origin: 'http://evil.example' }), 403);
  assert.equal(engine.streams.length, 0);
  const client = await TestClient.connect(`${url}/v1/stream`, { Authorization: 'Bearer secret' });
  await client.next('ready');
});

test('an unknown path for a WebSocket is refused with 404', async (t) => {
  const { url } = await startTestServer(t);
  assert.equal((await refusal(`${url}/v2/stream`)).statusCode, 404);
});

test('a client that vanishes in the middle of speech leaves nothing behind', async (t) => {
  const clock = new FakeClock();
  const engine = new FakeEngine({ held: true });
  const { url, clientsGone } = await startTestServer(t, { engine, clock });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(1));
  await until(() => engine.streams[0]?.samplesAccepted === 16000);
  client.socket.terminate();
  await clientsGone();
  assert.deepEqual([engine.stats().streams, clock.pendingTimers], [0, 0]);
});

test('a client whose network falls silent is dropped after two missed pings', async (t) => {
  const clock = new FakeClock();
  const engine = new FakeEngine();
  const { url, clientsGone } = await startTestServer(t, { engine, clock, config: { pingIntervalMs: 1000 } });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  await client.next('partial');
  client.socket.pause(); // it answers no ping
  clock.advance(3000);
  await clientsGone();
  assert.equal(engine.stats().streams, 0);
  client.socket.terminate();
});

test('shutdown: every client gets its last final, then 1001; late clients are refused', async (t) => {
  const engine = new FakeEngine();
  const microphone = new FakeMicrophone();
  const { url, server } = await startTestServer(t, { engine, microphone });
  const speaker = await TestClient.connect(`${url}/v1/stream`);
  const silent = await TestClient.connect(`${url}/v1/stream`);
  const listener = await TestClient.connect(`${url}/v1/microphone`);
  speaker.sendAudio(pcm(1));
  await speaker.next('partial');
  await listener.next('microphone');
  microphone.hear(0.5);
  await listener.next('partial');
  const stopped = server.stop();
  assert.equal((await refusal(`${url}/v1/stream`)).statusCode, 503);
  assert.equal((await speaker.next('final')).text, 'word0 word1');
  assert.equal((await listener.next('final')).text, 'word0');
  for (const client of [speaker, silent, listener]) {
    assert.deepEqual(await client.closed, { code: 1001, reason: 'SHUTTING_DOWN' });
  }
  await stopped;
});

test('shutdown: whoever is not gone in time is cut off', async (t) => {
  const engine = new FakeEngine({ held: true });
  const clock = new FakeClock();
  const { url, server } = await startTestServer(t, { engine, clock, config: { shutdownTimeoutMs: 700 } });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(1));
  await until(() => engine.streams[0]?.samplesAccepted === 16000);
  const stopped = server.stop();
  clock.advance(700);
  await stopped;
  assert.equal((await client.closed).code, 1006);
});

test('shutdown while the model still loads closes the waiting sessions', async (t) => {
  const engine = deferred<SpeechEngine>();
  const { url, server } = await startTestServer(t, { engine: engine.promise });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(1));
  await server.stop();
  assert.equal((await client.closed).code, 1001);
  engine.resolve(new FakeEngine());
});

const MP3_TAG = 0x55;
const PARTIAL = { type: 'partial', stable: '', start: 0, end: 1 } as const;
const FINAL = { type: 'final', words: [], confidence: 1, start: 0, end: 1, reason: 'endpoint' } as const;

/** The last partial of segment 4, which comes after all finals. */
async function newestPartial(client: TestClient) {
  for (;;) {
    const partial = await client.next('partial');
    if (partial.segment === 4) return partial;
  }
}
