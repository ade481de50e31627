import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { AudioTape } from '../../../agent/server/page/audio-tape.js';
import { StreamSession } from '../../../agent/server/page/stream-session.js';
import { Transcript } from '../../../agent/server/page/transcript.js';
import { fakeSockets } from './fake-socket.ts';

const SAMPLE_RATE = 1000;
const LONG_MS = 60_000;
const FULL = 1_000_000;
const READY = { type: 'ready', protocol: 1, session: 'one', sampleRate: SAMPLE_RATE };

/** A session with two seconds of sound on its tape, once its first connection is ready. */
function startSession(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const sockets = fakeSockets(t);
  const tape = new AudioTape(SAMPLE_RATE, 60);
  tape.append(new Int16Array(2 * SAMPLE_RATE));
  let ended = 0;
  const nothing = () => {};
  const session = new StreamSession({
    address: { socket: () => new URL('ws://daemon'), http: () => new URL('http://daemon') },
    tape,
    transcript: new Transcript(),
    offset: 0,
    observer: {
      onLink: nothing,
      onReady: nothing,
      onTranscript: nothing,
      onUnderstood: nothing,
      onFault: nothing,
      onEnd: () => {
        ended += 1;
      },
    },
    wishes: () => ({ task: { type: 'dictation' }, readable: false }),
    onWords: nothing,
  } as unknown as ConstructorParameters<typeof StreamSession>[0]);
  session.start();
  sockets.at(-1)?.receive(READY);
  return { session, sockets, tape, ended: () => ended };
}

/** Connects again after the loss of the newest connection. */
async function reconnect(t: TestContext, sockets: ReturnType<typeof fakeSockets>): Promise<void> {
  sockets.at(-1)?.lose();
  await Promise.resolve(); // the session asks for nothing more before it waits
  t.mock.timers.tick(LONG_MS);
  sockets.at(-1)?.receive(READY);
}

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
  assert.equal(sockets[1]?.sentSamples, tape.end - 0.5 * SAMPLE_RATE);
  sockets[1]?.receive({ type: 'done' });
  assert.equal(ended(), 1);
});

test('what was stopped while the daemon was away is sent when it is back', async (t) => {
  const { session, sockets, tape, ended } = startSession(t);
  sockets[0]?.lose();
  await Promise.resolve();
  assert.ok(session.alive);
  session.complete();
  t.mock.timers.tick(LONG_MS);
  assert.equal(ended(), 0);
  sockets[1]?.receive(READY);
  assert.deepEqual(sockets[1]?.conversation, ['start', 'sound', 'stop']);
  assert.equal(sockets[1]?.sentSamples, tape.end);
  sockets[1]?.receive({ type: 'done' });
  assert.equal(ended(), 1);
});

test('nothing is awaited behind a connection that needs a person', async (t) => {
  const { session, sockets } = startSession(t);
  sockets[0]?.lose('TOKEN_EXPIRED');
  await Promise.resolve();
  assert.ok(!session.alive);
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
