import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FileRun } from '../../../agent/server/page/file-run.js';
import { Transcript } from '../../../agent/server/page/transcript.js';
import { fakeDecoder } from './fake-decoder.ts';
import { fakeSockets } from './fake-socket.ts';

const SAMPLE_RATE = 16_000;
const FILE_SECONDS = 60;

/** What browsers do to the timers of a page that is not seen. */
const SLOW_TICK_MS = 1000;
const HOUR_MS = 3_600_000;

/** A run of a file in real time that the daemon takes; `turn` gives the page its turn at so many milliseconds. */
async function startRun(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const sockets = fakeSockets(t);
  const start = Math.round(performance.now()); // whole: differences of fractions may ask for a sample more
  let nowMs = 0;
  t.mock.method(performance, 'now', () => start + nowMs);
  fakeDecoder(t, { seconds: FILE_SECONDS, channels: [new Float32Array(FILE_SECONDS * SAMPLE_RATE)] });
  const nothing = () => {};
  const run = new FileRun({
    address: { socket: () => new URL('ws://daemon'), http: () => new URL('http://daemon') },
    transcript: new Transcript(),
    offset: 0,
    observer: { onLink: nothing, onReady: nothing, onFile: nothing, onSound: nothing, onEnd: nothing },
    wishes: () => ({ task: { type: 'dictation' }, readable: false }),
    file: new Blob([]),
    realTime: true,
  } as unknown as ConstructorParameters<typeof FileRun>[0]);
  await run.start();
  sockets[0]?.receive({ type: 'ready', protocol: 1, session: 'one', sampleRate: SAMPLE_RATE });
  const turn = (ms: number) => {
    nowMs = ms;
    t.mock.timers.tick(40);
  };
  return { run, turn, sentSeconds: () => (sockets[0]?.sentSamples ?? 0) / SAMPLE_RATE };
}

test('a file in real time is sent at its pace, however rarely the page gets its turn', async (t) => {
  const { run, turn, sentSeconds } = await startRun(t);
  for (let second = 1; second <= 10; second += 1) turn(second * SLOW_TICK_MS);
  assert.equal(sentSeconds(), 10);
  run.abort();
});

test('a file in real time goes on where it was when the computer has slept', async (t) => {
  const { run, turn, sentSeconds } = await startRun(t);
  turn(1000);
  turn(1000 + HOUR_MS);
  assert.equal(sentSeconds(), 1);
  turn(2000 + HOUR_MS);
  assert.equal(sentSeconds(), 2);
  run.abort();
});
