import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileRun } from '../../../agent/server/page/file-run.js';
import { Transcript } from '../../../agent/server/page/transcript.js';
import { fakeSockets, setGlobal } from './fake-socket.ts';

const SAMPLE_RATE = 16_000;
const FILE_SECONDS = 60;

/** What browsers do to the timers of a page that is not seen. */
const SLOW_TICK_MS = 1000;

test('a file in real time is sent at its pace, however rarely the page gets its turn', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const sockets = fakeSockets(t);
  const start = performance.now();
  let nowMs = 0;
  t.mock.method(performance, 'now', () => start + nowMs);
  const samples = new Float32Array(FILE_SECONDS * SAMPLE_RATE);
  const audio = { numberOfChannels: 1, getChannelData: () => samples };
  setGlobal(
    t,
    'OfflineAudioContext',
    class {
      decodeAudioData = async () => audio;
    },
  );
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
  for (let tick = 1; tick <= 10; tick += 1) {
    nowMs = tick * SLOW_TICK_MS;
    t.mock.timers.tick(40); // one turn
  }
  assert.equal(sockets[0]?.sentSamples, 10 * SAMPLE_RATE);
  run.abort();
});
