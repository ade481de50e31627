import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentClient } from '../../agent/client/agent-client.ts';
import { openNodeSocket } from '../../agent/client/node-socket.ts';
import type { ServerMessage } from '../../agent/client/server-message.ts';
import { AgentError, type ErrorCode } from '../../agent/errors.ts';
import { READY, refusingServer, say, scriptedServer } from './scripted-server.ts';

const failsWith =
  (code: ErrorCode, message = /./) =>
  (error: unknown) =>
    error instanceof AgentError && error.code === code && message.test(error.message);

async function collect(client: AgentClient): Promise<ServerMessage[]> {
  const messages: ServerMessage[] = [];
  for await (const message of client) messages.push(message);
  return messages;
}

test('greets, sends audio and commands, and ends after done', async (t) => {
  const received: string[] = [];
  const { url } = await scriptedServer(t, (socket) => {
    say(socket, READY);
    socket.on('message', (data: Buffer, isBinary) => {
      received.push(isBinary ? `audio ${data.readInt16LE(2)}` : String(data));
      if (!String(data).includes('stop')) return;
      say(socket, { type: 'speech-start', time: 1 }, { type: 'done' });
      socket.close(1000);
    });
  });
  const client = await AgentClient.connect({ url }, openNodeSocket);
  assert.equal(client.ready.model.name, 'tiny');
  client.start({ sampleRate: 8000 });
  await client.send(Int16Array.of(1, -2));
  client.flush();
  client.stop();
  assert.deepEqual(await collect(client), [{ type: 'speech-start', time: 1 }, { type: 'done' }]);
  assert.deepEqual(received, [
    '{"type":"start","sampleRate":8000}',
    'audio -2',
    '{"type":"flush"}',
    '{"type":"stop"}',
  ]);
});

test('presents its token', async (t) => {
  const { url, requests } = await scriptedServer(t, (socket) => say(socket, READY));
  (await AgentClient.connect({ url, token: 'secret' }, openNodeSocket)).close();
  assert.equal(requests[0]?.headers.authorization, 'Bearer secret');
});

test('waits while the server does not read, and goes on when it does', async (t) => {
  let reads: () => void = () => {};
  const { url } = await scriptedServer(t, (socket) => {
    say(socket, READY);
    socket.pause();
    reads = () => socket.resume();
  });
  const client = await AgentClient.connect({ url, sendBufferBytes: 1 << 16 }, openNodeSocket);
  const chunk = new Int16Array(1 << 20);
  let sent = 0;
  const sending = (async () => {
    for (; sent < 8; sent++) await client.send(chunk);
  })();
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(sent < 8, `expected back-pressure, all ${sent} chunks were taken`);
  reads();
  await sending;
  assert.equal(sent, 8);
  client.close();
});

test('throws the error with which the server closed', async (t) => {
  const { url } = await scriptedServer(t, (socket) => {
    say(socket, READY, { type: 'error', code: 'IDLE_TIMEOUT', message: 'Nothing came.' });
    socket.close(4000);
  });
  const client = await AgentClient.connect({ url }, openNodeSocket);
  await assert.rejects(collect(client), failsWith('IDLE_TIMEOUT', /Nothing came/));
});

test('throws when the connection is lost', async (t) => {
  const { url } = await scriptedServer(t, (socket) => {
    say(socket, READY);
    setImmediate(() => socket.terminate());
  });
  const client = await AgentClient.connect({ url }, openNodeSocket);
  await assert.rejects(collect(client), failsWith('SERVER_UNREACHABLE', /code 1006/));
  await client.send(new Int16Array(4));
});

test('says where nobody listens, and what to start', async () => {
  const connecting = AgentClient.connect({ url: 'ws://127.0.0.1:9/v1/stream' }, openNodeSocket);
  await assert.rejects(connecting, failsWith('SERVER_UNREACHABLE', /earshot serve/));
});

test('refuses an address that is none', async () => {
  await assert.rejects(
    AgentClient.connect({ url: 'microphone' }, openNodeSocket),
    failsWith('USAGE', /got microphone/),
  );
});

for (const [status, code] of [
  [401, 'UNAUTHORIZED'],
  [403, 'ORIGIN_FORBIDDEN'],
  [503, 'SERVER_UNREACHABLE'],
  [500, 'SERVER_UNREACHABLE'],
] as const) {
  test(`turns status ${status} into ${code}`, async (t) => {
    const url = await refusingServer(t, status, 'no');
    await assert.rejects(AgentClient.connect({ url }, openNodeSocket), failsWith(code));
  });
}

test('prefers the error that the server put into its refusal', async (t) => {
  const body = JSON.stringify({ type: 'error', code: 'SHUTTING_DOWN', message: 'Going.' });
  const url = await refusingServer(t, 503, body);
  await assert.rejects(AgentClient.connect({ url }, openNodeSocket), failsWith('SHUTTING_DOWN', /Going/));
});

test('gives up on a server that does not greet', async (t) => {
  const { url } = await scriptedServer(t, () => {});
  const connecting = AgentClient.connect({ url, connectTimeoutMs: 200 }, openNodeSocket);
  // the second on a machine so busy that not even the connection stands by then
  await assert.rejects(connecting, failsWith('SERVER_UNREACHABLE', /no greeting|No connection/));
});

test('refuses what is no Earshot server', async (t) => {
  const { url } = await scriptedServer(t, (socket) => socket.send('hello'));
  await assert.rejects(
    AgentClient.connect({ url }, openNodeSocket),
    failsWith('MESSAGE_INVALID', /got: hello/),
  );
});

test('leaves out messages that it does not know, and takes unknown error codes as INTERNAL', async (t) => {
  const { url } = await scriptedServer(t, (socket) => {
    say(socket, READY, { type: 'weather' }, { type: 'error', code: 'NEW', message: 'x' }, { type: 'done' });
    socket.close(1000);
  });
  const messages = await collect(await AgentClient.connect({ url }, openNodeSocket));
  assert.deepEqual(messages, [{ type: 'error', code: 'INTERNAL', message: 'x' }, { type: 'done' }]);
});

test('ends the iteration when it is closed by its own side', async (t) => {
  const { url } = await scriptedServer(t, (socket) => say(socket, READY));
  const client = await AgentClient.connect({ url }, openNodeSocket);
  const messages = collect(client);
  client.close();
  client.close();
  assert.deepEqual(await messages, []);
});
