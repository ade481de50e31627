import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamOptions } from '../../agent/engine/speech-engine.ts';
import { AgentError } from '../../agent/errors.ts';
import { FakeEngine, type FakeStream } from '../support/fake-engine.ts';
import { FakeMicrophone } from '../support/fake-microphone.ts';
import { pcm, TestClient } from '../support/test-client.ts';
import { startTestServer, until } from '../support/test-server.ts';

test('every subscriber gets the transcript of the one microphone stream', async (t) => {
  const microphone = new FakeMicrophone();
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { microphone, engine });
  const clients = await Promise.all([1, 2, 3].map(() => TestClient.connect(`${url}/v1/microphone`)));
  for (const client of clients) await client.next('microphone');
  microphone.hear(0.5);
  for (const client of clients) assert.equal((await client.next('partial')).text, 'word0');
  assert.equal(engine.streams.length, 1);
});

test('a late subscriber first gets the state, the start of the speech and the newest partial', async (t) => {
  const microphone = new FakeMicrophone();
  const { url } = await startTestServer(t, { microphone });
  const early = await TestClient.connect(`${url}/v1/microphone`);
  await early.next('microphone');
  microphone.hear(1);
  await early.next('partial');
  await early.next('partial');
  const late = await TestClient.connect(`${url}/v1/microphone`);
  assert.equal((await late.next('partial')).text, 'word0 word1');
  assert.deepEqual(
    late.messages.map(({ type }) => type),
    ['ready', 'microphone', 'speech-start', 'partial'],
  );
});

test('the microphone listens for the commands it is given, and followers are told of which grammars', async (t) => {
  const microphone = new FakeMicrophone();
  const engine = new FakeEngine();
  const task = { type: 'commands', grammars: [{ name: 'lights', text: 'turn (on|off)' }] } as const;
  const { url } = await startTestServer(t, { microphone, engine, listenFor: { task } });
  const client = await TestClient.connect(`${url}/v1/microphone`);
  assert.deepEqual((await client.next('ready')).task, { type: 'commands', grammars: ['lights'] });
  microphone.hear(0.5);
  await client.next('partial');
  assert.deepEqual(engine.streams[0]?.options.task, task);
});

test('followers are told of the wake phrases of the microphone, and what is listened for behind them', async (t) => {
  const grammars = [{ name: 'lights', text: 'turn (on|off)' }];
  const phrases = [{ text: 'computer' }, { text: 'hey jarvis', threshold: 0.6 }];
  for (const [listenFor, told] of [
    [
      { type: 'commands', grammars },
      { type: 'commands', grammars: ['lights'] },
    ],
    [undefined, { type: 'dictation' }],
    [null, null],
  ] as const) {
    const task = { type: 'wake', phrases, ...(listenFor === undefined ? {} : { listenFor }) } as const;
    const { url } = await startTestServer(t, { microphone: new FakeMicrophone(), listenFor: { task } });
    const client = await TestClient.connect(`${url}/v1/microphone`);
    const { task: got } = await client.next('ready');
    assert.deepEqual(got, { type: 'wake', phrases: ['computer', 'hey jarvis'], listenFor: told });
  }
});

test('a change of the microphone is told to all', async (t) => {
  const microphone = new FakeMicrophone();
  const { url, hub } = await startTestServer(t, { microphone });
  const client = await TestClient.connect(`${url}/v1/microphone`);
  assert.equal((await client.next('microphone')).state, 'running');
  const restarting = { ...microphone.status, state: 'restarting', detail: 'it ended', restarts: 1 } as const;
  hub.onStatus(restarting);
  const { type, state, detail, code, restarts } = await client.next('microphone');
  assert.deepEqual([type, state, detail, code, restarts], ['microphone', 'restarting', 'it ended', null, 1]);
});

test('levels come only to those who asked, ten for a second of sound', async (t) => {
  const microphone = new FakeMicrophone();
  const { url } = await startTestServer(t, { microphone });
  const asked = await TestClient.connect(`${url}/v1/microphone?levels=1`);
  const plain = await TestClient.connect(`${url}/v1/microphone`);
  await asked.next('microphone');
  await plain.next('microphone');
  microphone.hear(1);
  for (let i = 0; i < 10; i++)
    assert.deepEqual(await asked.next('level'), { type: 'level', rms: -30.3, peak: -30.3 });
  await plain.next('partial');
  assert.ok(!plain.messages.some(({ type }) => type === 'level'));
});

test('when the engine fails, subscribers are told once and the next audio opens a new stream', async (t) => {
  const microphone = new FakeMicrophone();
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { microphone, engine });
  const client = await TestClient.connect(`${url}/v1/microphone`);
  await client.next('microphone');
  microphone.hear(0.5);
  await client.next('partial');
  engine.streams[0]?.fail(new AgentError('ENGINE_FAILED', 'worker died'));
  assert.equal((await client.next('error')).code, 'ENGINE_FAILED');
  microphone.hear(0.5);
  assert.equal((await client.next('partial')).segment, 0);
  assert.equal(engine.streams.length, 2);
});

test('a stream that fails again and again is opened once a second of audio', async (t) => {
  const microphone = new FakeMicrophone();
  const engine = new DoomedEngine();
  const { url } = await startTestServer(t, { microphone, engine });
  const client = await TestClient.connect(`${url}/v1/microphone`);
  await client.next('microphone');
  for (let i = 0; i < 100; i += 1) {
    microphone.hear(0.1);
    await new Promise(setImmediate);
  }
  await until(() => engine.streams.length >= 10);
  assert.ok(engine.streams.length <= 12, `${engine.streams.length} streams in 10 s`);
  client.socket.terminate();
  await until(() => client.messages.some(({ type }) => type === 'error'));
  assert.equal(client.messages.filter(({ type }) => type === 'error').length, 1);
});

/** None of its streams lives. */
class DoomedEngine extends FakeEngine {
  override createStream(options?: StreamOptions): FakeStream {
    const stream = super.createStream(options);
    stream.fail(new AgentError('HOTWORD_INVALID', 'It can not be said.'));
    return stream;
  }
}

test('a source that breaks off sends its last final and the reason', async (t) => {
  const microphone = new FakeMicrophone();
  const { url } = await startTestServer(t, { microphone });
  const client = await TestClient.connect(`${url}/v1/microphone`);
  await client.next('microphone');
  microphone.hear(0.5);
  await client.next('partial');
  microphone.fail(new AgentError('AUDIO_FILE_UNREADABLE', 'gone'));
  assert.equal((await client.next('error')).code, 'AUDIO_FILE_UNREADABLE');
  assert.equal((await client.next('final')).text, 'word0');
});

test('while the engine is behind, the microphone waits', async (t) => {
  const microphone = new FakeMicrophone();
  const engine = new FakeEngine({ held: true, queueHighMs: 1000 });
  const { url } = await startTestServer(t, { microphone, engine });
  const client = await TestClient.connect(`${url}/v1/microphone`);
  for (let i = 0; i < 20; i++) microphone.hear(0.5);
  await until(() => (engine.streams[0]?.samplesAccepted ?? 0) > 16000);
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(engine.streams[0]?.samplesAccepted, 24000);
  engine.release();
  for (let i = 0; i < 20; i++) await client.next('partial');
});

test('a subscriber that sends anything but stop has sent a bad message', async (t) => {
  const { url } = await startTestServer(t, { microphone: new FakeMicrophone() });
  const client = await TestClient.connect(`${url}/v1/microphone`);
  client.sendAudio(pcm(0.1));
  assert.equal((await client.next('error')).code, 'MESSAGE_INVALID');
  client.send({ type: 'stop' });
  await client.next('done');
  assert.equal((await client.closed).code, 1000);
});

test('a daemon without a microphone says so and closes', async (t) => {
  const { url } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/microphone`);
  assert.equal((await client.next('microphone')).state, 'off');
  assert.equal((await client.next('error')).code, 'MICROPHONE_DISABLED');
  assert.deepEqual(await client.closed, { code: 4004, reason: 'MICROPHONE_DISABLED' });
});

test('stop releases the microphone and may be called twice', async (t) => {
  const microphone = new FakeMicrophone();
  const { hub } = await startTestServer(t, { microphone });
  await hub.stop();
  await hub.stop();
  assert.ok(microphone.closed);
});

test('a renewal waits for the end of the speech, then the next audio opens a new stream', async (t) => {
  const microphone = new FakeMicrophone();
  const engine = new FakeEngine();
  const { url, hub } = await startTestServer(t, { microphone, engine });
  const client = await TestClient.connect(`${url}/v1/microphone`);
  await client.next('microphone');
  microphone.hear(0.5);
  await client.next('partial');
  hub.renew();
  microphone.hear(0.5);
  assert.equal((await client.next('partial')).text, 'word0 word1');
  await hub.flush();
  assert.equal((await client.next('final')).text, 'word0 word1');
  microphone.hear(0.5);
  assert.equal((await client.next('partial')).text, 'word0');
  assert.deepEqual(
    engine.streams.map(({ ended }) => ended),
    [true, false],
  );
});

test('a renewal in silence takes place at once', async (t) => {
  const microphone = new FakeMicrophone();
  const engine = new FakeEngine();
  const { hub } = await startTestServer(t, { microphone, engine });
  microphone.hear(0.25);
  await until(() => engine.streams.length === 1);
  hub.renew();
  assert.ok(engine.streams[0]?.ended);
});
