import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { KEEP_SECONDS, READY, reconnect, startSession } from './started-session.ts';

const FULL = 1_000_000;
const RESUMABLE = { ...READY, resume: { token: 'the token', waitMs: 15_000 } };

const ack = (seconds: number) => ({ type: 'ack', messages: 9, audioBytes: seconds * 2000 });
const final = (start: number, end: number, reason = 'endpoint') => ({
  type: 'final',
  segment: 0,
  text: `from ${start}`,
  words: [],
  confidence: 1,
  start,
  end,
  reason,
});

/**
 * A session whose connection took the first two seconds and then nothing while 70 more were spoken, of which the tape
 * keeps the last 60.
 */
function fallBehind(t: TestContext, ready: object = READY) {
  const started = startSession(t, ready);
  const { session, sockets, tape, transcript } = started;
  const [socket] = sockets;
  assert.ok(socket);
  session.pump();
  socket.bufferedAmount = FULL;
  tape.append(new Int16Array(70 * tape.sampleRate));
  session.pump();
  assert.equal(socket.sentSamples, 2 * tape.sampleRate);
  socket.bufferedAmount = 0;
  session.pump();
  const lines = () => transcript.lines.map(({ text, start, end }) => ({ text, start, end }));
  return { ...started, socket, lines };
}

test('a connection slower than speech leaves out half a tape at once, behind a flush', (t) => {
  const { socket, tape, skipped } = fallBehind(t);
  assert.equal(skipped(), 1);
  assert.deepEqual(socket.conversation, ['start', 'sound', 'flush', 'sound']);
  assert.equal(socket.sentSamples, (2 + KEEP_SECONDS / 2) * tape.sampleRate);
});

test('what is left out is marked behind the words before it, and all words keep their times', (t) => {
  const { socket, lines } = fallBehind(t);
  socket.receive(final(0.5, 1.5, 'flush'));
  socket.receive(final(3, 4));
  assert.deepEqual(lines(), [
    { text: 'from 0.5', start: 0.5, end: 1.5 },
    { text: '[40 s missing]', start: 2, end: 42 },
    { text: 'from 3', start: 43, end: 44 },
  ]);
});

test('words that come without an end of the line before them find the mark set', (t) => {
  const { socket, lines } = fallBehind(t);
  socket.receive({ type: 'partial', segment: 1, text: 'one', stable: '', start: 3, end: 4 });
  assert.deepEqual(lines(), [{ text: '[40 s missing]', start: 2, end: 42 }]);
});

test('what is left out is marked at the stop if no word follows', (t) => {
  const { session, socket, lines } = fallBehind(t);
  session.complete();
  socket.receive({ type: 'done' });
  assert.deepEqual(lines(), [{ text: '[40 s missing]', start: 2, end: 42 }]);
});

test('a session that goes on before the place where sound was left out leaves out no more than it must', async (t) => {
  const { session, sockets, tape, lines } = fallBehind(t, RESUMABLE);
  await reconnect(t, sockets, { ...ack(1), type: 'resumed', session: 'one' });
  session.pump();
  assert.deepEqual(sockets[1]?.conversation, ['flush', 'sound']);
  assert.equal(sockets[1]?.sentSamples, KEEP_SECONDS * tape.sampleRate);
  sockets[1]?.receive(final(0.5, 0.9, 'flush'));
  assert.deepEqual(lines().at(-1), { text: '[11 s missing]', start: 1, end: 12 });
});

test('a new session behind what was left out tells of it once', async (t) => {
  const { sockets, socket, tape, lines } = fallBehind(t);
  socket.receive(ack(5));
  await reconnect(t, sockets);
  assert.deepEqual(lines(), [{ text: '[40 s missing]', start: 2, end: 42 }]);
  tape.append(new Int16Array(10 * tape.sampleRate));
  sockets[1]?.receive(final(1, 2));
  assert.deepEqual(lines().at(-1), { text: 'from 1', start: 43, end: 44 });
});

test('a new session before it begins with the oldest sound that is left', async (t) => {
  const { sockets, socket, lines } = fallBehind(t);
  socket.receive(ack(1));
  await reconnect(t, sockets);
  sockets[1]?.receive(final(1, 2));
  assert.deepEqual(lines(), [
    { text: '[11 s missing]', start: 1, end: 12 },
    { text: 'from 1', start: 13, end: 14 },
  ]);
});
