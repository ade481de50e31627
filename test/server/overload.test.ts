import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pcm, refusal, TestClient } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';

test('while audio waits too long new sessions are refused, and those that are open go on', async (t) => {
  let ageMs = 0;
  const server = await startTestServer(t, { queueAgeMs: () => ageMs });
  const url = `${server.url}/v1/stream`;
  const client = await TestClient.connect(url);
  ageMs = 2001;
  const response = await refusal(url);
  assert.deepEqual([response.statusCode, response.headers['retry-after']], [503, '5']);
  assert.match(await server.metrics(), /^earshot_connections_refused_total\{code="OVERLOADED"\} 1$/m);
  client.sendAudio(pcm(0.5));
  client.send({ type: 'stop' });
  assert.equal((await client.next('final')).text, 'word0');
  ageMs = 2000;
  await TestClient.connect(url);
});

test('with 0 nobody is refused for the load', async (t) => {
  const { url } = await startTestServer(t, {
    config: { overload: { queueAgeMs: 0 } },
    queueAgeMs: () => 1e6,
  });
  await TestClient.connect(`${url}/v1/stream`);
});
