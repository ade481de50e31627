import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setGlobal } from './fake-socket.ts';
import { KEEP_SECONDS, LONG_MS, READY, reconnect, redial, startSession } from './started-session.ts';

const RESUMABLE = { ...READY, resume: { token: 'the token', waitMs: 15_000 } };
const SPEECH_START = { type: 'speech-start', time: 0 };
const BYTES_PER_SAMPLE = 2;
/** Longer than a connection may be silent. */
const SILENT_MS = 15_000;
const CUT = 4900;

const ack = (seconds: number) => ({
  type: 'ack',
  messages: 9,
  audioBytes: seconds * 1000 * BYTES_PER_SAMPLE,
});
const resumed = (seconds: number) => ({ ...ack(seconds), type: 'resumed', session: 'one' });

test('a session goes on behind what has arrived of it', async (t) => {
  const { session, sockets, tape } = startSession(t, RESUMABLE);
  session.pump();
  assert.equal(sockets[0]?.url.search, '?resume=new');
  sockets[0]?.receive(SPEECH_START);
  await reconnect(t, sockets, resumed(0.5));
  assert.equal(sockets[1]?.url.search, '?resume=the+token&received=2');
  assert.deepEqual(sockets[1]?.conversation, []);
  session.pump();
  assert.deepEqual(sockets[1]?.conversation, ['sound']);
  assert.equal(sockets[1]?.sentSamples, tape.end - 500);
});

test('wishes and the stop are told again to a session that goes on', async (t) => {
  const { session, sockets, wishes } = startSession(t, RESUMABLE);
  session.configure(wishes);
  session.complete();
  await reconnect(t, sockets, resumed(2));
  assert.deepEqual(sockets[1]?.conversation, ['configure', 'stop']);
});

test('a session of which nothing has arrived begins anew', async (t) => {
  const { sockets } = startSession(t, RESUMABLE);
  await reconnect(t, sockets, { ...resumed(0), messages: 0 });
  assert.deepEqual(sockets[1]?.conversation, ['start']);
});

test('a session that the daemon does not know any more makes room for another at once', async (t) => {
  const { session, sockets, tape } = startSession(t, RESUMABLE);
  session.pump();
  sockets[0]?.lose();
  await redial(t);
  sockets[1]?.lose('RESUME_EXPIRED');
  assert.equal(sockets[2]?.url.search, '?resume=new');
  sockets[2]?.receive(RESUMABLE);
  session.pump();
  assert.deepEqual(sockets[2]?.conversation, ['start', 'sound']);
  assert.equal(sockets[2]?.sentSamples, tape.end);
});

test('a session that the daemon has ended is not asked for', async (t) => {
  const { sockets } = startSession(t, RESUMABLE);
  sockets[0]?.lose('IDLE_TIMEOUT');
  await redial(t);
  assert.equal(sockets[1]?.url.search, '?resume=new');
});

test('the daemon is told what came, messages that this page does not know included', (t) => {
  const { sockets } = startSession(t, RESUMABLE);
  sockets[0]?.receive({ type: 'news of a later version' });
  sockets[0]?.receive(ack(0));
  sockets[0]?.receive(ack(0));
  const acknowledged = sockets[0]?.sent.map(String).filter((text) => text.includes('"ack"'));
  assert.deepEqual(acknowledged, ['{"type":"ack","messages":2}']);
});

test('a connection without a sign of life is cut and opened again', async (t) => {
  const { sockets } = startSession(t, RESUMABLE);
  for (let sign = 0; sign < 20; sign += 1) {
    t.mock.timers.tick(3000);
    sockets[0]?.receive(ack(0));
  }
  assert.equal(sockets[0]?.closedWith, null);
  t.mock.timers.tick(SILENT_MS);
  assert.equal(sockets[0]?.closedWith, CUT);
  await redial(t);
  assert.equal(sockets.length, 2);
});

test('a daemon whose sessions can not be resumed owes no sign of life', (t) => {
  const { sockets } = startSession(t);
  t.mock.timers.tick(LONG_MS);
  assert.equal(sockets[0]?.closedWith, null);
});

test('a connection that is not greeted is given up', async (t) => {
  setGlobal(t, 'fetch', () => Promise.reject(new TypeError('refused')));
  const { sockets } = startSession(t, { type: 'news of a later version' });
  t.mock.timers.tick(SILENT_MS);
  assert.equal(sockets[0]?.closedWith, CUT);
  await new Promise(setImmediate); // the daemon is asked why
  await redial(t);
  assert.equal(sockets.length, 2);
});

test('what is said while the daemon is away for longer than the tape is marked as missing', async (t) => {
  const { session, sockets, tape, transcript } = startSession(t, RESUMABLE);
  session.pump();
  sockets[0]?.receive({ type: 'partial', segment: 0, text: 'one', stable: '', start: 0.2, end: 0.4 });
  sockets[0]?.receive(ack(1));
  sockets[0]?.lose('SHUTTING_DOWN');
  tape.append(new Int16Array((KEEP_SECONDS + 28) * tape.sampleRate));
  await redial(t);
  sockets[1]?.receive(RESUMABLE);
  assert.deepEqual(
    transcript.lines.map(({ text, start, end }) => ({ text, start, end })),
    [
      { text: 'one', start: 0.2, end: 0.4 },
      { text: '[29 s missing]', start: 1, end: 30 },
    ],
  );
  assert.equal(transcript.wordCount, 1);
});

test('sound that the daemon had heard, without a word in it, is not missing', async (t) => {
  const { session, sockets, tape, transcript } = startSession(t);
  session.pump();
  for (let minute = 0; minute < 3; minute += 1) {
    tape.append(new Int16Array(KEEP_SECONDS * tape.sampleRate));
    session.pump();
  }
  await reconnect(t, sockets);
  assert.deepEqual(transcript.lines, []);
});

test('a line that a silent daemon leaves unfinished at the stop stays as it is', (t) => {
  const { session, sockets, transcript, ended } = startSession(t);
  sockets[0]?.receive({ type: 'partial', segment: 0, text: 'last words', stable: '', start: 0, end: 1 });
  session.complete();
  t.mock.timers.tick(LONG_MS);
  assert.equal(ended(), 1);
  assert.equal(transcript.live, undefined);
  assert.deepEqual(
    transcript.lines.map(({ text }) => text),
    ['last words'],
  );
});
