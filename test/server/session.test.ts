import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pcm, TestClient } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';

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
