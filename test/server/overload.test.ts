import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { pcm, refusal, TestClient } from '../support/test-client.ts';
import { startTestServer, until } from '../support/test-server.ts';

test('while audio waits too long new sessions are refused, and those that are open go on', async (t) => {
  let ageMs = 0;
  const clock = new FakeClock();
  const server = await startTestServer(t, { clock, queueAgeMs: () => ageMs });
  const url = `${server.url}/v1/stream`;
  const client = await TestClient.connect(url);
  ageMs = 2001;
  clock.advance(50);
  const response = await refusal(url);
  assert.deepEqual([response.statusCode, response.headers['retry-after']], [503, '5']);
  assert.match(await server.metrics(), /^earshot_connections_refused_total\{code="OVERLOADED"\} 1$/m);
  client.sendAudio(pcm(0.5));
  client.send({ type: 'stop' });
  assert.equal((await client.next('final')).text, 'word0');
  ageMs = 2000;
  clock.advance(50); // the age is looked at again
  await TestClient.connect(url);
});

test('/balancez sends new sessions elsewhere while audio waits too long', async (t) => {
  let ageMs = 2000;
  const clock = new FakeClock();
  const { httpUrl } = await startTestServer(t, { clock, queueAgeMs: () => ageMs });
  const status = async () => (await fetch(`${httpUrl}/balancez`)).status;
  assert.equal(await status(), 200);
  ageMs = 2001;
  clock.advance(50);
  assert.equal(await status(), 404);
  ageMs = 0;
  clock.advance(50);
  assert.equal(await status(), 200);
});

test('with 0 nobody is refused for the load', async (t) => {
  const { url } = await startTestServer(t, {
    config: { overload: { queueAgeMs: 0, partialsQueueAgeMs: 0 } },
    queueAgeMs: () => 1e6,
  });
  await TestClient.connect(`${url}/v1/stream`);
});

test('while audio waits longer, partials are as rare as it waits long, and every final comes', async (t) => {
  let ageMs = 0;
  const clock = new FakeClock();
  const engine = new FakeEngine();
  const { url, metrics } = await startTestServer(t, { clock, engine, queueAgeMs: () => ageMs });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.send({ type: 'start' });
  await client.next('ready');
  await until(() => engine.streams.length === 1);
  const [stream] = engine.streams;
  const say = (text: string) =>
    stream?.emit({ type: 'partial', segment: 0, text, stable: '', start: 0, end: 1 });
  const isThinned = async (count: number) =>
    (await metrics()).includes(`\nearshot_partials_thinned_total ${count}\n`);
  say('all');
  assert.equal((await client.next('partial')).text, 'all');
  ageMs = 4000;
  clock.advance(3999);
  say('left out');
  await until(() => isThinned(1));
  clock.advance(1);
  say('now and then');
  assert.equal((await client.next('partial')).text, 'now and then');
  say('left out too');
  await until(() => isThinned(2));
  stream?.emit({ ...FINAL, text: 'the final' });
  assert.equal((await client.next('final')).text, 'the final');
  ageMs = 2500;
  clock.advance(50);
  say('all again');
  assert.equal((await client.next('partial')).text, 'all again');
});

const FINAL = {
  type: 'final',
  segment: 0,
  words: [],
  confidence: 1,
  start: 0,
  end: 1,
  reason: 'endpoint',
} as const;
