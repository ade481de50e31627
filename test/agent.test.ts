import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Agent, type AgentParts } from '../agent/agent.ts';
import { type Config, configSchema } from '../agent/config.ts';
import type { SpeechEngine } from '../agent/engine/speech-engine.ts';
import { AgentError, type ErrorCode } from '../agent/errors.ts';
import { SILENT_LOGGER } from '../agent/logger.ts';
import { type Deferred, deferred } from './support/deferred.ts';
import { FakeEngine } from './support/fake-engine.ts';
import { FakeMicrophone } from './support/fake-microphone.ts';
import { pcm, TestClient } from './support/test-client.ts';
import { until } from './support/test-server.ts';
import { TINY_MODEL } from './support/tiny-bundle.ts';

interface Setup {
  readonly agent: Agent;
  readonly engine: FakeEngine;
  readonly microphone: FakeMicrophone;
  /** Decides when and how the model has loaded. */
  readonly loading: Deferred<SpeechEngine>;
  /** Whether the engine was asked for. */
  readonly asked: () => boolean;
  /** Whether the microphone was asked for. */
  readonly opened: () => boolean;
}

function setUp(t: TestContext, server: Partial<Config['server']> = {}, modelPath = TINY_MODEL): Setup {
  const engine = new FakeEngine();
  const microphone = new FakeMicrophone();
  const loading = deferred<SpeechEngine>();
  let isAsked = false;
  let isOpened = false;
  const parts: AgentParts = {
    loadEngine: () => {
      isAsked = true;
      return loading.promise;
    },
    openMicrophone: async () => {
      isOpened = true;
      return microphone;
    },
  };
  const config = configSchema.parse({ server: { port: 0, ...server }, model: { path: modelPath } });
  const agent = new Agent({ config, log: SILENT_LOGGER, parts });
  t.after(() => agent.stop());
  return { agent, engine, microphone, loading, asked: () => isAsked, opened: () => isOpened };
}

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof AgentError && error.code === code;
const streamUrl = (agent: Agent) => `${agent.pageUrl?.replace('http', 'ws')}v1/stream`;

test('start and stop may be called twice', async (t) => {
  const { agent, engine, microphone, loading } = setUp(t);
  loading.resolve(engine);
  await Promise.all([agent.start(), agent.start()]);
  await agent.start();
  await Promise.all([agent.stop(), agent.stop()]);
  await agent.stop();
  assert.deepEqual([engine.closed, microphone.closed, agent.pageUrl], [true, true, null]);
});

test('it listens while the model loads; readiness says so; early audio is transcribed', async (t) => {
  const { agent, engine, loading } = setUp(t);
  const started = agent.start();
  await until(() => agent.pageUrl !== null);
  const { ready, reasons, provider, model } = agent.readiness();
  assert.deepEqual([ready, reasons, provider], [false, ['The model is still loading.'], null]);
  assert.equal(model.name, 'tiny-model');
  const client = await TestClient.connect(streamUrl(agent));
  client.sendAudio(pcm(0.5));
  loading.resolve(engine);
  await started;
  assert.equal((await client.next('partial')).text, 'word0');
  assert.deepEqual([agent.readiness().ready, agent.readiness().provider], [true, 'cpu']);
});

test('while no engine worker runs it is not ready, and load balancers send nobody', async (t) => {
  const { agent, engine, loading } = setUp(t);
  loading.resolve(engine);
  await agent.start();
  const statuses = async () => {
    const replies = ['readyz', 'balancez'].map((path) => fetch(`${agent.pageUrl}${path}`));
    return (await Promise.all(replies)).map(({ status }) => status);
  };
  engine.workers = 0;
  assert.deepEqual(agent.readiness().reasons, ['No engine worker runs.']);
  assert.deepEqual(await statuses(), [503, 404]);
  engine.workers = 1;
  assert.deepEqual(await statuses(), [200, 200]);
});

test('a bundle that is not there is refused before anything is opened', async (t) => {
  const { agent } = setUp(t, {}, '/nowhere/model');
  await assert.rejects(agent.start(), hasCode('MODEL_MISSING'));
  assert.equal(agent.pageUrl, null);
});

test('a model that does not load ends the start, and the port and the microphone are free again', async (t) => {
  const { agent, loading, microphone } = setUp(t);
  const started = agent.start();
  await until(() => agent.pageUrl !== null);
  loading.reject(new AgentError('MODEL_HASH', 'damaged'));
  await assert.rejects(started, hasCode('MODEL_HASH'));
  assert.deepEqual([agent.pageUrl, microphone.closed], [null, true]);
});

test('a port in use ends the start and closes the engine', async (t) => {
  const first = setUp(t);
  first.loading.resolve(first.engine);
  await first.agent.start();
  const port = Number(new URL(first.agent.pageUrl ?? '').port);
  const second = setUp(t, { port });
  second.loading.resolve(second.engine);
  await assert.rejects(second.agent.start(), hasCode('PORT_IN_USE'));
  assert.deepEqual([second.engine.closed, second.microphone.closed], [true, true]);
});

test('an abort during the start stops it, one afterwards stops the agent', async (t) => {
  const early = setUp(t);
  const abortEarly = new AbortController();
  const started = early.agent.start(abortEarly.signal);
  await until(() => early.agent.pageUrl !== null);
  abortEarly.abort();
  early.loading.resolve(early.engine);
  await assert.rejects(started, hasCode('SHUTTING_DOWN'));
  assert.ok(early.engine.closed);

  const late = setUp(t);
  const abortLate = new AbortController();
  late.loading.resolve(late.engine);
  await late.agent.start(abortLate.signal);
  abortLate.abort();
  await until(() => late.engine.closed);
});

test('whenever it is stopped while it starts, nothing of it stays open', async (t) => {
  for (let turns = 0; turns < 40; turns += 1) {
    const { agent, engine, microphone, loading, asked, opened } = setUp(t);
    loading.resolve(engine);
    const started = agent.start();
    for (let i = 0; i < turns; i += 1) await new Promise(setImmediate);
    const stopped = agent.stop();
    await started.catch((error) => assert.ok(hasCode('SHUTTING_DOWN')(error), String(error)));
    await stopped;
    assert.equal(agent.pageUrl, null, `after ${turns} turns`);
    assert.ok(engine.closed || !asked(), `after ${turns} turns`);
    assert.ok(microphone.closed || !opened(), `after ${turns} turns`);
  }
});

test('a reload that asks for no token any more is refused while the network is listened to', async (t) => {
  const { agent, engine, loading } = setUp(t, { host: '0.0.0.0', token: 'a long secret token' });
  loading.resolve(engine);
  await agent.start();
  const next = configSchema.parse({ server: { host: '127.0.0.1' } });
  assert.throws(() => agent.reload(next), hasCode('TOKEN_REQUIRED'));
});

test('stop sends the last final of a client and of the microphone', async (t) => {
  const { agent, engine, microphone, loading } = setUp(t);
  loading.resolve(engine);
  await agent.start();
  const client = await TestClient.connect(streamUrl(agent));
  const listener = await TestClient.connect(streamUrl(agent).replace('stream', 'microphone'));
  client.sendAudio(pcm(0.5));
  microphone.hear(0.5);
  await client.next('partial');
  await listener.next('partial');
  await agent.stop();
  assert.equal((await client.next('final')).text, 'word0');
  assert.equal((await listener.next('final')).text, 'word0');
  assert.equal((await client.closed).code, 1001);
});

test('stop does not wait longer than the shutdown time for an engine that hangs', async (t) => {
  const { agent, engine, loading } = setUp(t, { shutdownTimeoutMs: 50 });
  engine.held = true;
  loading.resolve(engine);
  await agent.start();
  const client = await TestClient.connect(streamUrl(agent));
  client.sendAudio(pcm(0.5));
  await until(() => engine.streams.some(({ samplesAccepted }) => samplesAccepted > 0));
  await agent.stop();
  assert.ok(engine.closed);
});

test('the microphone status is known at once when it is not starting, else after the time given', async (t) => {
  const { agent, engine, microphone, loading } = setUp(t);
  loading.resolve(engine);
  await agent.start();
  assert.equal((await agent.microphoneStatus(60_000)).state, 'running');
  microphone.status = { ...microphone.status, state: 'starting' };
  assert.equal((await agent.microphoneStatus(1)).state, 'starting');
});
