import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONG_MS, READY, RETRY_MS, reconnect, startSession } from './started-session.ts';

const FULL = 1_000_000;

test('what a full connection does not take at the stop is sent when there is room', (t) => {
  const { session, sockets, tape, ended } = startSession(t);
  const [socket] = sockets;
  assert.ok(socket);
  socket.bufferedAmount = FULL;
  session.complete();
  t.mock.timers.tick(LONG_MS);
  assert.deepEqual(socket.conversation, ['start']);
  socket.bufferedAmount = 0;
  t.mock.timers.tick(1000);
  assert.deepEqual(socket.conversation, ['start', 'sound', 'stop']);
  assert.equal(socket.sentSamples, tape.end);
  socket.receive({ type: 'done' });
  assert.equal(ended(), 1);
});

test('a connection lost behind the stop gets the sound without a final again, and the stop', async (t) => {
  const { session, sockets, tape, ended } = startSession(t);
  session.complete();
  assert.deepEqual(sockets[0]?.conversation, ['start', 'sound', 'stop']);
  const final = { type: 'final', segment: 0, text: 'one', words: [], confidence: 1, start: 0, end: 0.5 };
  sockets[0]?.receive(final);
  await reconnect(t, sockets);
  assert.equal(sockets.length, 2);
  assert.deepEqual(sockets[1]?.conversation, ['start', 'sound', 'stop']);
  assert.equal(sockets[1]?.sentSamples, tape.end - 0.5 * tape.sampleRate);
  sockets[1]?.receive({ type: 'done' });
  assert.equal(ended(), 1);
});

test('what was stopped while the daemon was away is sent when it is back', async (t) => {
  const { session, sockets, tape, ended } = startSession(t);
  sockets[0]?.lose();
  await Promise.resolve();
  session.complete();
  t.mock.timers.tick(RETRY_MS);
  assert.equal(ended(), 0);
  sockets[1]?.receive(READY);
  assert.deepEqual(sockets[1]?.conversation, ['start', 'sound', 'stop']);
  assert.equal(sockets[1]?.sentSamples, tape.end);
  sockets[1]?.receive({ type: 'done' });
  assert.equal(ended(), 1);
});

test('while sound may still come, a new connection waits for it and does not stop', async (t) => {
  const { session, sockets } = startSession(t);
  await reconnect(t, sockets);
  t.mock.timers.tick(1000);
  assert.deepEqual(sockets[1]?.conversation, ['start']);
  session.pump();
  assert.deepEqual(sockets[1]?.conversation, ['start', 'sound']);
});

test('a session that is given up sends nothing more', (t) => {
  const { session, sockets } = startSession(t);
  const [socket] = sockets;
  assert.ok(socket);
  socket.bufferedAmount = FULL;
  session.complete();
  session.abort();
  socket.bufferedAmount = 0;
  t.mock.timers.tick(LONG_MS);
  assert.deepEqual(socket.conversation, ['start']);
});
