import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkQueue } from '../../agent/capture/chunk-queue.ts';
import type { MicrophoneStatus } from '../../agent/capture/microphone-status.ts';
import { RecorderSupervisor } from '../../agent/capture/recorder-supervisor.ts';
import { AgentError } from '../../agent/errors.ts';
import { deferred } from '../support/deferred.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeRecorders, settle } from './fake-recorder.ts';

const SETTINGS = {
  sampleRate: 16000,
  dataTimeoutMs: 2000,
  silenceTimeoutMs: 10_000,
  restartMinMs: 250,
  restartMaxMs: 4000,
};

function supervised() {
  const clock = new FakeClock();
  const recorders = new FakeRecorders();
  const queue = new ChunkQueue(1_000_000);
  const statuses: MicrophoneStatus[] = [];
  const supervisor = new RecorderSupervisor({
    factory: recorders.factory,
    clock,
    settings: SETTINGS,
    queue,
    onStatus: (status) => statuses.push(status),
  });
  const states = () => statuses.map((status) => status.state);
  /** Lets time pass with sound in chunks of 20 ms. */
  const play = (ms: number, value = 100) => {
    for (let passed = 0; passed < ms; passed += 20) {
      clock.advance(20);
      recorders.sound(320, value);
    }
  };
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settle();
  };
  return { clock, recorders, queue, statuses, supervisor, states, play, pass };
}

async function started() {
  const all = supervised();
  all.supervisor.start();
  await settle();
  return all;
}

test('it is starting until the first sound, then running', async () => {
  const { recorders, states, supervisor } = await started();
  assert.deepEqual(states(), ['starting']);
  recorders.sound(320);
  assert.deepEqual(states(), ['starting', 'running']);
  const { detail, code, recorder, restarts } = supervisor.status;
  assert.deepEqual(
    { detail, code, recorder, restarts },
    { detail: '', code: null, recorder: 'fake', restarts: 0 },
  );
});

for (const [kind, counter] of [
  ['exit', 'exits'],
  ['stream-end', 'streamEnds'],
  ['start-failure', 'startFailures'],
] as const) {
  test(`an end by ${kind} is told, counted, and the recorder started again after the pause`, async () => {
    const { recorders, supervisor, states, pass } = await started();
    recorders.sound(320);
    recorders.end({ kind, detail: 'fake: device busy' });
    assert.equal(supervisor.status.state, 'restarting');
    assert.equal(supervisor.status.detail, 'fake: device busy');
    assert.equal(supervisor.status.code, 'RECORDER_FAILED');
    assert.equal(supervisor.status.counters[counter], 1);
    assert.ok(recorders.current.stopped);
    await pass(249);
    assert.equal(recorders.runs.length, 1);
    await pass(1);
    assert.equal(recorders.runs.length, 2);
    recorders.sound(320);
    assert.deepEqual(states(), ['starting', 'running', 'restarting', 'running']);
    assert.equal(supervisor.status.restarts, 1);
  });
}

test('a recorder that delivers nothing is stopped and started again, at the start and in between', async () => {
  const { recorders, supervisor, play, pass } = await started();
  await pass(4999);
  assert.equal(supervisor.status.state, 'starting', 'a device may take its time to open');
  await pass(1);
  assert.equal(supervisor.status.state, 'restarting');
  assert.equal(supervisor.status.detail, 'fake delivered no data for 5000 ms.');
  assert.ok(recorders.runs[0]?.stopped);
  await pass(250);
  play(60_000);
  assert.equal(supervisor.status.state, 'running');
  await pass(1999);
  assert.equal(supervisor.status.state, 'running');
  await pass(1);
  assert.equal(supervisor.status.state, 'restarting');
  assert.equal(supervisor.status.detail, 'fake delivered no data for 2000 ms.');
  assert.equal(supervisor.status.counters.dataTimeouts, 2);
});

test('the next recorder is started when the last one is gone', async () => {
  const { recorders, supervisor, pass } = await started();
  const gone = deferred<void>();
  recorders.goodbye = gone.promise;
  recorders.sound(320);
  await pass(6000 + SETTINGS.restartMinMs); // it looks for data 5 s after the start
  assert.equal(supervisor.status.state, 'restarting');
  assert.equal(recorders.runs.length, 1, 'it hangs, and may hold the device');
  gone.resolve();
  await settle();
  assert.equal(recorders.runs.length, 2);
  await pass(4999);
  assert.equal(supervisor.status.state, 'restarting');
});

test('beside a recorder that can not be ended no other is started, which is told, until it is gone', async () => {
  const { clock, recorders, supervisor, statuses, pass } = await started();
  const gone = deferred<void>();
  recorders.goodbye = gone.promise;
  recorders.end({ kind: 'stream-end' });
  await pass(SETTINGS.restartMinMs + 4999);
  assert.equal(supervisor.status.state, 'restarting');
  for (let minutes = 0; minutes < 60; minutes++) await pass(60_000);
  assert.equal(recorders.runs.length, 1);
  assert.deepEqual(
    statuses.slice(2).map(({ state, code, detail }) => ({ state, code, detail })),
    [
      {
        state: 'failed',
        code: 'RECORDER_FAILED',
        detail:
          'fake can not be ended. Its device or the driver may hang; it is started again when it is gone.',
      },
    ],
  );
  gone.resolve();
  await settle();
  assert.equal(recorders.runs.length, 2);
  recorders.sound(320);
  assert.equal(supervisor.status.state, 'running');
  assert.equal(supervisor.status.restarts, 1);
  await supervisor.stop();
  assert.equal(clock.pendingTimers, 0);
});

test('stop while a recorder can not be ended starts none when it is gone', async () => {
  const { clock, recorders, supervisor, pass } = await started();
  const gone = deferred<void>();
  recorders.goodbye = gone.promise;
  recorders.end({ kind: 'stream-end' });
  await pass(SETTINGS.restartMinMs);
  const stopped = supervisor.stop();
  assert.equal(clock.pendingTimers, 0);
  await pass(60_000);
  assert.equal(supervisor.status.state, 'off');
  gone.resolve();
  await stopped;
  await settle();
  assert.equal(recorders.runs.length, 1);
});

test('empty chunks are no data', async () => {
  const { recorders, supervisor, clock } = await started();
  for (let i = 0; i < 60; i++) {
    recorders.sound(0);
    clock.advance(100);
  }
  assert.equal(supervisor.status.counters.dataTimeouts, 1);
});

test('only zeros are told as silence, and the recorder is started again at once but ever more seldom', async () => {
  const { recorders, supervisor, states, play, pass } = await started();
  play(9980, 0);
  assert.equal(supervisor.status.state, 'running');
  play(20, 0);
  assert.equal(supervisor.status.state, 'silent');
  assert.equal(supervisor.status.code, 'MICROPHONE_SILENT');
  assert.match(supervisor.status.detail, /only zeros for 10 s/);
  await pass(250);
  assert.equal(recorders.runs.length, 2);
  play(19_980, 0);
  assert.equal(supervisor.status.counters.silences, 1);
  play(20, 0);
  assert.equal(supervisor.status.counters.silences, 2);
  await pass(250);
  play(20, 0);
  assert.deepEqual(states(), ['starting', 'running', 'silent', 'silent']);
});

test('the first sound ends the silence, and the next silence counts from the start again', async () => {
  const { recorders, supervisor, play, pass } = await started();
  play(10_000, 0);
  await pass(250);
  play(5000, 0);
  assert.equal(supervisor.status.state, 'silent');
  recorders.sound(320, 1);
  assert.equal(supervisor.status.state, 'running');
  recorders.end();
  await pass(250);
  play(10_000, 0);
  assert.equal(supervisor.status.counters.silences, 2);
});

test('the pause doubles from failure to failure up to the longest, and the fifth counts as failed', async () => {
  const { recorders, supervisor, pass } = await started();
  const pauses: number[] = [];
  for (let failure = 0; failure < 7; failure++) {
    recorders.end();
    assert.equal(supervisor.status.state, failure < 4 ? 'restarting' : 'failed');
    const before = recorders.runs.length;
    let pause = 0;
    for (; recorders.runs.length === before; pause += 250) await pass(250);
    pauses.push(pause);
  }
  assert.deepEqual(pauses, [250, 500, 1000, 2000, 4000, 4000, 4000]);
  recorders.sound(320);
  assert.equal(supervisor.status.state, 'running');
});

test('a recorder that ran well for ten seconds is started again after the shortest pause', async () => {
  const { recorders, play, pass } = await started();
  for (const pause of [250, 500, 1000]) {
    recorders.end();
    await pass(pause);
  }
  play(5000);
  recorders.end();
  await pass(1999);
  assert.equal(recorders.runs.length, 4, 'five seconds were not enough');
  await pass(1);
  play(10_020);
  recorders.end();
  await pass(250);
  assert.equal(recorders.runs.length, 6);
});

test('without a recorder program it has failed at once, and looks again at the longest pause', async () => {
  const { clock, recorders, supervisor, pass } = supervised();
  recorders.failure = new AgentError('RECORDER_MISSING', 'install one');
  supervisor.start();
  await settle();
  assert.equal(supervisor.status.state, 'failed');
  assert.equal(supervisor.status.code, 'RECORDER_MISSING');
  assert.equal(supervisor.status.detail, 'install one');
  recorders.failure = undefined;
  await pass(3999);
  assert.equal(recorders.runs.length, 0);
  await pass(1);
  recorders.sound(320);
  assert.equal(supervisor.status.state, 'running');
  assert.equal(supervisor.status.counters.startFailures, 1);
  await supervisor.stop();
  assert.equal(clock.pendingTimers, 0);
});

test('the same failure again is counted but not told again', async () => {
  const { recorders, supervisor, statuses, pass } = supervised();
  recorders.failure = new AgentError('RECORDER_MISSING', 'install one');
  supervisor.start();
  await settle();
  for (let i = 0; i < 10; i++) await pass(4000);
  assert.deepEqual(
    statuses.map(({ state }) => state),
    ['starting', 'failed'],
  );
  assert.equal(supervisor.status.counters.startFailures, 11);
});

test('what a stopped recorder still says is ignored', async () => {
  const { recorders, supervisor, queue, pass } = await started();
  const old = recorders.current;
  recorders.end();
  old.listener.onEnd({ kind: 'exit', code: 'RECORDER_FAILED', detail: 'again' });
  await pass(250);
  old.listener.onSamples(new Int16Array(100).fill(1));
  old.listener.onEnd({ kind: 'exit', code: 'RECORDER_FAILED', detail: 'again' });
  assert.equal(supervisor.status.counters.exits, 1);
  assert.equal(supervisor.status.state, 'restarting');
  queue.end();
  for await (const _ of queue) assert.fail('nothing was recorded');
});

test('input that the recorder lost is counted', async () => {
  const { recorders, supervisor } = await started();
  recorders.current.listener.onOverrun();
  assert.equal(supervisor.status.counters.overruns, 1);
});

test('stop ends the recorder and all timers, in every state, and may be called twice', async () => {
  for (const prepare of [
    () => {},
    (recorders: FakeRecorders) => recorders.sound(320),
    (recorders: FakeRecorders) => recorders.end(),
  ]) {
    const { clock, recorders, supervisor, pass } = await started();
    prepare(recorders);
    await supervisor.stop();
    await supervisor.stop();
    assert.equal(supervisor.status.state, 'off');
    assert.ok(recorders.current.stopped);
    assert.equal(clock.pendingTimers, 0);
    await pass(100_000);
    assert.equal(recorders.runs.length, 1);
  }
});

test('a recorder that was being started when stop came is stopped as soon as it is there', async () => {
  const { clock, recorders, supervisor } = supervised();
  supervisor.start();
  await supervisor.stop();
  await settle();
  assert.ok(recorders.current.stopped);
  assert.equal(clock.pendingTimers, 0);
});

test('whatever happens in whatever order, one recorder at most is alive and it comes back', async () => {
  const event = fc.oneof(
    fc.record({ what: fc.constant('sound' as const), value: fc.constantFrom(0, 5) }),
    fc.record({ what: fc.constant('end' as const) }),
    fc.record({ what: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
      const { clock, recorders, supervisor, pass } = await started();
      for (const happened of events) {
        if (happened.what === 'sound') recorders.sound(1600, happened.value);
        else if (happened.what === 'end') recorders.end();
        else await pass(happened.ms);
        assert.ok(recorders.runs.filter((run) => !run.stopped).length <= 1);
      }
      while (recorders.current.stopped) await pass(SETTINGS.restartMaxMs);
      recorders.sound(320);
      assert.equal(supervisor.status.state, 'running');
      await supervisor.stop();
      assert.equal(clock.pendingTimers, 0);
    }),
  );
});
