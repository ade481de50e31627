import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../support/fake-clock.ts';
import { pcm, refusal, TestClient } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';

test('a drain waits for who is there, and sends new sessions elsewhere', async (t) => {
  const { server, url, httpUrl } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  const drained = server.drain();
  assert.equal((await refusal(`${url}/v1/stream`)).statusCode, 503);
  assert.equal((await fetch(`${httpUrl}/balancez`)).status, 404);
  client.sendAudio(pcm(0.5));
  client.send({ type: 'stop' });
  assert.equal((await client.next('final')).text, 'word0');
  await drained;
});

test('a drain ends after drainMs, and who is still there then gets its last final', async (t) => {
  const clock = new FakeClock();
  const config = { drainMs: 3000, pingIntervalMs: 60_000 };
  const { server, url } = await startTestServer(t, { clock, config });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  await client.next('partial');
  let isDrained = false;
  void server.drain().then(() => {
    isDrained = true;
  });
  clock.advance(2999);
  await new Promise(setImmediate);
  assert.ok(!isDrained);
  clock.advance(1);
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  assert.ok(isDrained);
  assert.equal(client.socket.readyState, client.socket.OPEN);
  await server.stop();
  assert.equal((await client.next('final')).text, 'word0');
  assert.deepEqual(await client.closed, { code: 1001, reason: 'SHUTTING_DOWN' });
});
