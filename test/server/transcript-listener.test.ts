import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeEngine } from '../support/fake-engine.ts';
import { FakeMicrophone } from '../support/fake-microphone.ts';
import { pcm, TestClient } from '../support/test-client.ts';
import { startTestServer, until } from '../support/test-server.ts';

test('a listener hears what clients and the microphone say, and whose it is', async (t) => {
  const microphone = new FakeMicrophone();
  const heard: string[] = [];
  const { url } = await startTestServer(t, {
    microphone,
    onTranscript: (event, { origin, session }) => {
      if (event.type === 'partial') heard.push(`${origin} ${session === 'microphone'} ${event.text}`);
    },
  });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  await client.next('partial');
  microphone.hear(0.5);
  await until(() => heard.length === 2);
  assert.deepEqual(heard, ['client false word0', 'microphone true word0']);
});

test('a flush of the microphone is over when its final has been told, also when nothing is heard', async (t) => {
  const microphone = new FakeMicrophone();
  const engine = new FakeEngine();
  const finals: string[] = [];
  const { hub } = await startTestServer(t, {
    microphone,
    engine,
    onTranscript: (event) => {
      if (event.type === 'final') finals.push(event.text);
    },
  });
  await hub.flush();
  microphone.hear(0.5);
  await until(() => (engine.streams[0]?.samplesAccepted ?? 0) > 0);
  await hub.flush();
  assert.deepEqual(finals, ['word0']);
  const broken = hub.flush();
  engine.streams[0]?.fail(new Error('the engine is gone'));
  await broken;
});
