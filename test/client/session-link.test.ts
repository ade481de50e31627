import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ServerMessage } from '../../agent/client/server-message.ts';
import { SessionLink } from '../../agent/client/session-link.ts';
import type { ClientSocket, OpenSocket, SocketEvents } from '../../agent/client/socket.ts';
import { AgentError } from '../../agent/errors.ts';
import { READY } from './scripted-server.ts';

const LOST_AFTER_MS = 1000;
/** Silence is looked for in quarters. */
const NOTICED_AFTER_MS = 1250;
const RESUMABLE = { ...READY, resume: { token: 'earshot.s1.x', waitMs: 15_000 } };
const ACK = { type: 'ack', messages: 0, audioBytes: 0 };

/** A connection over no network at all: the test is the server, and makes the time pass. */
async function setUp(t: TestContext, greeting: object = RESUMABLE) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const calls: string[] = [];
  const socket: ClientSocket = {
    bufferedAmount: 0,
    send: () => {},
    flushed: async () => {},
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    close: () => calls.push('close'),
    terminate: () => calls.push('terminate'),
  };
  let events!: SocketEvents;
  const openSocket: OpenSocket = async (_, given) => {
    events = given;
    events.opened(socket);
    events.message(JSON.stringify(greeting));
  };
  const messages: (ServerMessage | null)[] = [];
  const target = {
    url: 'ws://test/v1/stream?token=secret',
    connectTimeoutMs: 5000,
    lostAfterMs: LOST_AFTER_MS,
  };
  const link = new SessionLink(target, (message) => messages.push(message));
  await link.open(openSocket, null, 0);
  let end: string | null = null;
  void link.closed.then((how) => {
    end = how instanceof AgentError ? `${how.code}: ${how.message}` : how;
  });
  return {
    link,
    calls,
    say: (message: object) => events.message(JSON.stringify(message)),
    /** How the connection has ended by then; null: it stands. */
    after: async (ms: number): Promise<string | null> => {
      t.mock.timers.tick(ms);
      await Promise.resolve();
      return end;
    },
  };
}

test('a server that says nothing any more is lost, though nobody has closed anything', async (t) => {
  const { calls, after } = await setUp(t);
  assert.equal(await after(LOST_AFTER_MS), null);
  assert.match(
    String(await after(NOTICED_AFTER_MS - LOST_AFTER_MS)),
    /^SERVER_UNREACHABLE: The connection to ws:\/\/test\/v1\/stream ended: nothing came for 1000 ms/,
  );
  assert.deepEqual(calls, ['terminate']);
});

test('whatever the server says keeps the connection', async (t) => {
  const { say, after } = await setUp(t);
  for (const message of [ACK, ACK, { type: 'weather' }, { type: 'speech-start', time: 1 }, ACK]) {
    assert.equal(await after(LOST_AFTER_MS), null);
    say(message);
  }
  assert.match(String(await after(NOTICED_AFTER_MS)), /SERVER_UNREACHABLE/);
});

test('a session that was brought back is watched too', async (t) => {
  const { after } = await setUp(t, { type: 'resumed', session: 's1', messages: 0, audioBytes: 0 });
  assert.match(String(await after(NOTICED_AFTER_MS)), /SERVER_UNREACHABLE/);
});

test('a server that keeps no session gives no signs of life, and is not taken for lost', async (t) => {
  const { after } = await setUp(t, READY);
  assert.equal(await after(100 * LOST_AFTER_MS), null);
});

test('the server is not blamed while nobody reads', async (t) => {
  const { link, calls, after } = await setUp(t);
  link.pause();
  assert.equal(await after(100 * LOST_AFTER_MS), null);
  link.unpause();
  assert.deepEqual(calls, ['pause', 'resume']);
  assert.equal(await after(LOST_AFTER_MS), null);
  assert.match(String(await after(NOTICED_AFTER_MS)), /SERVER_UNREACHABLE/);
});

test('silence behind done is the end that was meant', async (t) => {
  const { say, after } = await setUp(t);
  say({ type: 'done' });
  assert.equal(await after(NOTICED_AFTER_MS), 'done');
});

test('a connection that was closed is not watched any more, nor is one closed before its greeting', async (t) => {
  const { link, calls, say, after } = await setUp(t, { ...RESUMABLE, type: 'ready' });
  link.close();
  say(RESUMABLE);
  assert.equal(await after(100 * LOST_AFTER_MS), 'done');
  assert.deepEqual(calls, ['close']);
});
