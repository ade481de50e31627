import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WebSocket } from 'ws';
import { type FollowEvent, followMicrophone } from '../../agent/client/follow-microphone.ts';
import { openNodeSocket } from '../../agent/client/node-socket.ts';
import { AgentError } from '../../agent/errors.ts';
import { READY, refusingServer, say, scriptedServer } from './scripted-server.ts';

const backOff = { minMs: 1, maxMs: 2 };

const LOST_AFTER_MS = 200;

async function followUntil(url: string, enough: (event: FollowEvent) => boolean): Promise<string[]> {
  const abort = new AbortController();
  const seen: string[] = [];
  const options = { url, signal: abort.signal, backOff, lostAfterMs: LOST_AFTER_MS };
  for await (const event of followMicrophone(options, openNodeSocket)) {
    seen.push(event.type === 'disconnected' ? `disconnected ${event.error.code}` : event.type);
    if (enough(event)) abort.abort();
  }
  return seen;
}

test('comes back after the connection is lost, and ends when told to', async (t) => {
  const { url } = await scriptedServer(t, (socket, connection) => {
    say(socket, READY, { type: 'speech-start', time: connection });
    if (connection < 3) setImmediate(() => socket.terminate());
  });
  const seen = await followUntil(url, (event) => event.type === 'speech-start' && event.time === 3);
  const lost = ['connected', 'speech-start', 'disconnected SERVER_UNREACHABLE'];
  assert.deepEqual(seen, [...lost, ...lost, 'connected', 'speech-start']);
});

test('comes back after a server that closes because it shuts down', async (t) => {
  const { url } = await scriptedServer(t, (socket, connection) => {
    say(socket, READY);
    if (connection > 1) return;
    say(socket, { type: 'error', code: 'SHUTTING_DOWN', message: 'Bye.' });
    socket.close(1001);
  });
  let connections = 0;
  const seen = await followUntil(url, ({ type }) => type === 'connected' && ++connections === 2);
  assert.deepEqual(seen, ['connected', 'error', 'disconnected SHUTTING_DOWN', 'connected']);
});

test('comes back after a proxy has had no server for a while, and not where none ever was', async (t) => {
  const once = (socket: WebSocket, connection: number) => {
    say(socket, READY);
    if (connection === 1) setImmediate(() => socket.terminate());
  };
  const { url } = await scriptedServer(t, once, { 2: 404 });
  let connections = 0;
  const seen = await followUntil(url, ({ type }) => type === 'connected' && ++connections === 2);
  const between = ['disconnected SERVER_UNREACHABLE', 'disconnected NOT_FOUND'];
  assert.deepEqual(seen, ['connected', ...between, 'connected']);
  const absent = await scriptedServer(t, once, { 1: 404 });
  await assert.rejects(
    followUntil(absent.url, () => false),
    { code: 'NOT_FOUND' },
  );
});

test('comes back when the server pings no more, though nothing has closed', async (t) => {
  const { url } = await scriptedServer(t, (socket, connection) => {
    say(socket, READY);
    if (connection > 1) return;
    socket.ping();
    setTimeout(() => socket.ping(), 20);
  });
  let connections = 0;
  const seen = await followUntil(url, ({ type }) => type === 'connected' && ++connections === 2);
  assert.deepEqual(seen, ['connected', 'disconnected SERVER_UNREACHABLE', 'connected']);
});

test('a server that pings rarely, or not at all, is not lost for it', async (t) => {
  const { url } = await scriptedServer(t, (socket) => {
    say(socket, READY);
    socket.ping();
    setTimeout(() => socket.ping(), 2 * LOST_AFTER_MS);
    setTimeout(() => say(socket, { type: 'speech-start', time: 1 }), 6 * LOST_AFTER_MS);
  });
  assert.deepEqual(await followUntil(url, ({ type }) => type === 'speech-start'), [
    'connected',
    'speech-start',
  ]);
});

test('who leaves while it is connected leaves no connection behind', async (t) => {
  let closed: () => void = () => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const { url } = await scriptedServer(t, (socket) => {
    socket.on('close', closed);
    say(socket, READY);
  });
  const { signal } = new AbortController();
  for await (const { type } of followMicrophone({ url, signal }, openNodeSocket)) {
    assert.equal(type, 'connected');
    break;
  }
  await isClosed;
});

test('who has had enough gets no more of what has come already', async (t) => {
  const { url } = await scriptedServer(t, (socket) => {
    say(socket, READY, ...[1, 2, 3].map((time) => ({ type: 'speech-start', time })));
  });
  assert.deepEqual(await followUntil(url, ({ type }) => type === 'speech-start'), [
    'connected',
    'speech-start',
  ]);
});

test('an end while it connects is one at once, and without a word', async (t) => {
  const abort = new AbortController();
  const { url } = await scriptedServer(t, () => abort.abort()); // and it does not greet
  const options = { url, signal: abort.signal, connectTimeoutMs: 600_000 };
  for await (const event of followMicrophone(options, openNodeSocket)) assert.fail(event.type);
});

test('does not try again without the right token', async (t) => {
  const url = await refusingServer(t, 401, '');
  await assert.rejects(
    followUntil(url, () => false),
    (error) => error instanceof AgentError && error.code === 'UNAUTHORIZED',
  );
});

for (const code of ['SCOPE_MISSING', 'TOKEN_EXPIRED'] as const) {
  test(`does not try again after ${code}`, async (t) => {
    const url = await refusingServer(t, 403, JSON.stringify({ type: 'error', code, message: 'No.' }));
    await assert.rejects(
      followUntil(url, () => false),
      (error) => error instanceof AgentError && error.code === code,
    );
  });
}
