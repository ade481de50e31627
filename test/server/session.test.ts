import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpeechEngine } from '../../agent/engine/speech-engine.ts';
import { AgentError } from '../../agent/errors.ts';
import { deferred } from '../support/deferred.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { pcm, TestClient } from '../support/test-client.ts';
import { startTestServer, until } from '../support/test-server.ts';

test('a client gets ready, partials, the final of its stop, done and a normal close', async (t) => {
  const { url } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(1));
  client.send({ type: 'stop' });
  assert.deepEqual(await client.closed, { code: 1000, reason: '' });
  assert.deepEqual(
    client.messages.map(({ type }) => type),
    ['ready', 'speech-start', 'partial', 'partial', 'final', 'speech-end', 'done'],
  );
});

test('the greeting names session, rate and model', async (t) => {
  const { url } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  const ready = await client.next('ready');
  const model = { name: 'fake', version: '1.2.3', language: 'en' };
  assert.deepEqual(ready, { type: 'ready', protocol: 1, session: ready.session, sampleRate: 16000, model });
});

test('partials and finals say how long they took', async (t) => {
  const { url } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  assert.equal((await client.next('partial')).latencyMs, 40);
});

test('flush forces a final and the stream goes on', async (t) => {
  const { url } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(1));
  client.send({ type: 'flush' });
  assert.deepEqual({ ...(await client.next('final')), words: null }.reason, 'flush');
  client.sendAudio(pcm(0.5));
  client.send({ type: 'stop' });
  const last = await client.next('final');
  assert.deepEqual([last.segment, last.reason, last.start, last.end], [1, 'end', 1, 1.5]);
});

test('a flush has its final also when the audio before it is less than a sample', async (t) => {
  const { url } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(new Uint8Array(1));
  client.send({ type: 'flush' });
  const { reason, text } = await client.next('final');
  assert.deepEqual([reason, text], ['flush', '']);
});

test('the options of start reach the stream', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  const options = { decoder: 'greedy', partials: false, endpoint: { rule2SilenceMs: 300 } };
  client.send({ type: 'start', options });
  client.sendAudio(pcm(1));
  client.send({ type: 'stop' });
  await client.closed;
  assert.deepEqual(engine.streams[0]?.options, options);
  assert.ok(!client.messages.some(({ type }) => type === 'partial'));
});

test('a task and new options reach the stream, and refused ones end nothing', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  const task = { type: 'commands', grammars: [{ name: 'lamp', text: 'on' }] } as const;
  const hotwords = [{ text: 'Siobhan', boost: 4 }];
  client.send({ type: 'start', options: { partials: false, task, hotwords } });
  client.sendAudio(pcm(0.5));
  client.send({ type: 'flush' });
  await client.next('final');
  const [stream] = engine.streams;
  assert.deepEqual([stream?.options, stream?.configured], [{ partials: false }, [{ task, hotwords }]]);
  assert.ok(stream);
  stream.refusal = new AgentError('GRAMMAR_INVALID', 'lamp, line 1, column 3: expected ")"');
  client.send({ type: 'configure', options: { task: { type: 'dictation' } } });
  assert.equal((await client.next('error')).code, 'GRAMMAR_INVALID');
  client.sendAudio(pcm(0.5));
  client.send({ type: 'stop' });
  assert.equal((await client.next('final')).reason, 'end');
  assert.equal((await client.closed).code, 1000);
});

test('a change of the settings with a number is answered with it, taken or not', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.send({ type: 'configure', id: 4, options: { alternatives: 1 } });
  assert.equal((await client.next('configured')).id, 4);
  engine.streams[0]!.refusal = new AgentError('HOTWORD_LIMIT', 'refused');
  client.send({ type: 'configure', id: 5, options: { hotwords: [] } });
  const { code, id } = await client.next('error');
  assert.deepEqual([code, id], ['HOTWORD_LIMIT', 5]);
});

test('hotwords or a search that are refused end nothing', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  await client.next('partial');
  const [stream] = engine.streams;
  assert.ok(stream);
  const hotwords = [{ text: 'x' }];
  const wishes = [
    ['HOTWORD_INVALID', { hotwords }],
    ['HOTWORD_LIMIT', { hotwords }],
    ['SEARCH_UNAVAILABLE', { decoder: 'lexicon' }],
  ] as const;
  for (const [code, options] of wishes) {
    stream.refusal = new AgentError(code, 'refused');
    client.send({ type: 'configure', options });
    assert.equal((await client.next('error')).code, code);
  }
  client.send({ type: 'stop' });
  assert.equal((await client.closed).code, 1000);
});

test('a second start, or one after audio, is a bad message', async (t) => {
  const { url } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.send({ type: 'start' });
  client.send({ type: 'start' });
  assert.equal((await client.next('error')).code, 'MESSAGE_INVALID');
  client.sendAudio(pcm(0.5));
  await client.next('partial');
});

test('a session that is opened while the model loads waits, and loses nothing', async (t) => {
  const engine = deferred<SpeechEngine>();
  const { url } = await startTestServer(t, { engine: engine.promise });
  const client = await TestClient.connect(`${url}/v1/stream`);
  await client.next('ready');
  client.sendAudio(pcm(1));
  client.send({ type: 'stop' });
  engine.resolve(new FakeEngine());
  assert.equal((await client.next('final')).text, 'word0 word1');
});

test('a bad message among those that waited for the model holds up none after it', async (t) => {
  const engine = deferred<SpeechEngine>();
  const { url } = await startTestServer(t, { engine: engine.promise });
  const client = await TestClient.connect(`${url}/v1/stream`);
  await client.next('ready');
  client.send({ type: 'start' });
  client.send({ type: 'start' });
  client.sendAudio(pcm(1));
  client.send({ type: 'stop' });
  client.sendAudio(pcm(1));
  engine.resolve(new FakeEngine());
  assert.equal((await client.next('error')).code, 'MESSAGE_INVALID');
  assert.equal((await client.next('final')).text, 'word0 word1');
  assert.equal((await client.closed).code, 1000);
});

test('a model that does not load ends the waiting session with its error', async (t) => {
  const engine = deferred<SpeechEngine>();
  const { url } = await startTestServer(t, { engine: engine.promise });
  const client = await TestClient.connect(`${url}/v1/stream`);
  engine.reject(new AgentError('MODEL_HASH', 'damaged'));
  assert.equal((await client.next('error')).code, 'MODEL_HASH');
  assert.equal((await client.closed).code, 1011);
});

test('no more streams in the engine: the client is told to come back later', async (t) => {
  class FullEngine extends FakeEngine {
    override createStream(): never {
      throw new AgentError('STREAM_LIMIT', 'full');
    }
  }
  const { url } = await startTestServer(t, { engine: new FullEngine() });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  assert.equal((await client.next('error')).code, 'STREAM_LIMIT');
  assert.deepEqual(await client.closed, { code: 1013, reason: 'STREAM_LIMIT' });
});

test('an engine that fails ends the session with what it said before and the error', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  await client.next('partial');
  engine.streams[0]?.fail(new AgentError('ENGINE_FAILED', 'worker died'));
  assert.equal((await client.next('error')).code, 'ENGINE_FAILED');
  assert.equal((await client.closed).code, 1011);
});

test('a client that sends nothing is closed after the idle time, with its last final', async (t) => {
  const clock = new FakeClock();
  const { url } = await startTestServer(t, { clock, config: { idleTimeoutMs: 5000, pingIntervalMs: 3000 } });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  await client.next('partial');
  clock.advance(5000);
  assert.equal((await client.next('final')).text, 'word0');
  assert.equal((await client.next('error')).code, 'IDLE_TIMEOUT');
  assert.deepEqual(await client.closed, { code: 4000, reason: 'IDLE_TIMEOUT' });
});

test('a session ends at its greatest length, with its last final', async (t) => {
  const clock = new FakeClock();
  const { url } = await startTestServer(t, { clock, config: { maxSessionMs: 1000 } });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  await client.next('partial');
  clock.advance(1000);
  assert.equal((await client.next('final')).text, 'word0');
  assert.deepEqual(await client.closed, { code: 4001, reason: 'SESSION_TOO_LONG' });
});

test('a closed session leaves no timer and no stream', async (t) => {
  const clock = new FakeClock();
  const engine = new FakeEngine();
  const { url, clientsGone } = await startTestServer(t, { clock, engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  await client.next('partial');
  client.close();
  await client.closed;
  await clientsGone();
  assert.equal(clock.pendingTimers, 0);
  assert.equal(engine.stats().streams, 0);
});

test('audio after stop is ignored', async (t) => {
  const engine = new FakeEngine({ held: true });
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(1));
  client.send({ type: 'stop' });
  client.sendAudio(pcm(1));
  await until(() => engine.streams[0]?.samplesAccepted === 16000);
  engine.release();
  assert.equal((await client.next('final')).text, 'word0 word1');
  assert.equal((await client.closed).code, 1000);
});
