import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { openNodeSocket } from '../../agent/client/node-socket.ts';
import type { ClientSocket, SocketEvents } from '../../agent/client/socket.ts';
import type { ErrorCode } from '../../agent/errors.ts';
import { refusingServer, scriptedServer } from './scripted-server.ts';

const IGNORED: SocketEvents = { opened: () => {}, message: () => {}, closed: () => {} };

function target(url: string) {
  return { url, connectTimeoutMs: 600_000 };
}

for (const [status, body, code] of [
  [502, '{"error":"bad gateway"}', 'SERVER_UNREACHABLE'],
  [503, '{"message":"no healthy upstream"}', 'SERVER_UNREACHABLE'],
  [503, '{"type":"error","code":42,"message":"x"}', 'SERVER_UNREACHABLE'],
  [503, '{"code":"DRAINING","message":"x"}', 'SERVER_UNREACHABLE'],
  [429, '{"type":"error","code":"OF_A_LATER_VERSION","message":"x"}', 'SERVER_UNREACHABLE'],
  [401, '"no"', 'UNAUTHORIZED'],
  [503, '{"type":"error","code":"DRAINING","message":"x"}', 'DRAINING'],
] as const) {
  test(`status ${status} with ${body} is ${code}`, async (t) => {
    const url = await refusingServer(t, status, body);
    await assert.rejects(openNodeSocket(target(url), IGNORED), { code: code satisfies ErrorCode });
  });
}

test('no error holds the query of its address, in which tokens are', async () => {
  for (const url of ['ws://127.0.0.1:9/v1/stream?resume=secret', 'nowhere?token=secret']) {
    await assert.rejects(openNodeSocket(target(url), IGNORED), (error) => !inspect(error).includes('secret'));
  }
});

test('a connection that does not stand yet can be given up', async (t) => {
  const abort = new AbortController();
  const silent = createServer((socket) => {
    t.after(() => socket.destroy());
    abort.abort();
  });
  silent.listen(0, '127.0.0.1');
  t.after(() => silent.close());
  await once(silent, 'listening');
  const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const opening = openNodeSocket({ ...target(url), signal: abort.signal }, IGNORED);
  await assert.rejects(opening, { code: 'SERVER_UNREACHABLE' satisfies ErrorCode });
});

test('a close that nobody answers is over after a second', async (t) => {
  const { url } = await scriptedServer(t, (socket) => socket.pause());
  let socket!: ClientSocket;
  let closed: () => void = () => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  await openNodeSocket(target(url), {
    opened: (opened) => {
      socket = opened;
    },
    message: () => {},
    closed: () => closed(),
  });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  socket.close();
  t.mock.timers.tick(1000);
  await isClosed;
});
