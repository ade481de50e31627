import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DaemonRun } from '../../../agent/server/page/daemon-run.js';
import { Transcript } from '../../../agent/server/page/transcript.js';
import { fakeSockets } from './fake-socket.ts';

const READY = { type: 'ready', protocol: 1, session: 'microphone', sampleRate: 16000 };
const RUNNING = { type: 'microphone', state: 'running', detail: '', restarts: 0 };
const LEVEL = { type: 'level', rms: -20, peak: -10 };

/** A run on a clock that the test turns. */
function follow(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const sockets = fakeSockets(t);
  const start = performance.now();
  let seconds = 0;
  t.mock.method(performance, 'now', () => start + seconds * 1000);
  const transcript = new Transcript();
  const levelsAt: number[] = [];
  const nothing = () => {};
  const run = new DaemonRun({
    address: { socket: () => new URL('ws://daemon'), http: () => new URL('http://daemon') },
    transcript,
    offset: 0,
    observer: {
      onLink: nothing,
      onReady: nothing,
      onTranscript: nothing,
      onMicrophone: nothing,
      onLevel: (_level: unknown, at: number) => levelsAt.push(Math.round(at * 10) / 10),
    },
  } as unknown as ConstructorParameters<typeof DaemonRun>[0]);
  void run.start();
  return {
    sockets,
    transcript,
    levelsAt,
    at: (time: number, ...messages: object[]) => {
      seconds = time;
      for (const message of messages) sockets.at(-1)?.receive(message);
    },
  };
}

const final = (start: number, end: number) => ({
  type: 'final',
  segment: 0,
  text: 'one',
  words: [{ text: 'one', start, end, confidence: 1 }],
  confidence: 1,
  start,
  end,
  reason: 'endpoint',
});

test('levels and words stand at the same time after a connection that was lost', async (t) => {
  const { sockets, transcript, levelsAt, at } = follow(t);
  at(1, READY, RUNNING, LEVEL, final(99.5, 100));
  at(1.4, LEVEL, LEVEL, LEVEL, LEVEL); // late, in a burst
  sockets[0]?.lose();
  await Promise.resolve();
  t.mock.timers.tick(1000);
  at(30, READY, RUNNING);
  at(31, LEVEL, final(129.5, 130)); // the daemon's stream went on
  assert.deepEqual(levelsAt, [1, 1.1, 1.2, 1.3, 1.4, 31]);
  assert.deepEqual(
    transcript.lines.map(({ end }) => Math.round(end)),
    [1, 31],
  );
});

test('levels stand at their time after levels that did not come', (t) => {
  const { levelsAt, at } = follow(t);
  at(1, READY, RUNNING, LEVEL);
  at(1.1, LEVEL);
  at(9, LEVEL);
  at(9.1, LEVEL);
  assert.deepEqual(levelsAt, [1, 1.1, 9, 9.1]);
});

test('words stand at their time after a short pause of the microphone, in which its stream stood still', (t) => {
  const { transcript, at } = follow(t);
  at(1, READY, RUNNING, final(99.5, 100));
  at(2, { ...RUNNING, state: 'restarting', detail: 'The recorder ended.' });
  at(5, RUNNING);
  at(6, final(101.5, 102));
  assert.deepEqual(
    transcript.lines.map(({ end }) => Math.round(end)),
    [1, 6],
  );
});
