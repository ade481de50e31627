import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Acknowledger } from '../../agent/server/acknowledger.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { FakeEngine } from '../support/fake-engine.ts';
import { pcm, TestClient } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';

function setUp() {
  const clock = new FakeClock();
  const times: number[] = [];
  const acknowledger = new Acknowledger(clock, () => times.push(clock.now()));
  return { clock, times, acknowledger };
}

test('what came is acknowledged soon, much of it at once', () => {
  const { clock, times, acknowledger } = setUp();
  for (let i = 0; i < 10; i++) {
    acknowledger.received();
    clock.advance(50);
  }
  clock.advance(1000);
  assert.deepEqual(times, [200, 400, 600]);
});

test('flush acknowledges at once what was not acknowledged, and nothing else', () => {
  const { times, acknowledger } = setUp();
  acknowledger.flush();
  assert.deepEqual(times, []);
  acknowledger.received();
  acknowledger.flush();
  acknowledger.flush();
  assert.deepEqual(times, [0]);
});

test('signs of life go on, whatever comes and whatever is flushed, until it is stopped', () => {
  const { clock, times, acknowledger } = setUp();
  acknowledger.start();
  acknowledger.received();
  acknowledger.flush();
  clock.advance(9000);
  assert.deepEqual(times, [0, 3000, 6000, 9000]);
  acknowledger.stop();
  acknowledger.stop();
  assert.equal(clock.pendingTimers, 0);
});

test('a server that reads nothing, because its model still loads, gives signs of life', async (t) => {
  const clock = new FakeClock();
  const engine = new Promise<FakeEngine>(() => {});
  const { url } = await startTestServer(t, { clock, engine });
  const client = await TestClient.connect(`${url}/v1/stream?resume=new`);
  await client.next('ready');
  client.sendAudio(pcm(1));
  for (let i = 0; i < 5; i++) {
    clock.advance(3000);
    assert.deepEqual(await client.next('ack'), { type: 'ack', messages: 0, audioBytes: 0 });
  }
});

test('a client without the wish for a session that can be resumed gets none', async (t) => {
  const clock = new FakeClock();
  const { url } = await startTestServer(t, { clock });
  const client = await TestClient.connect(`${url}/v1/stream`);
  await client.next('ready');
  clock.advance(30_000);
  client.send({ type: 'stop' });
  await client.next('done');
  assert.deepEqual(
    client.messages.map(({ type }) => type),
    ['ready', 'done'],
  );
});
