import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { MicrophoneStatus } from '../agent/capture/microphone-status.ts';
import { FileMicrophone } from '../agent/file-microphone.ts';
import { buildWav, int16Bytes } from './capture/wav-builder.ts';
import { FakeClock } from './support/fake-clock.ts';
import { until } from './support/test-server.ts';
import { temporaryFolder } from './support/tiny-bundle.ts';

const SAMPLES_PER_MS = 16;
const STEP_MS = 20;
const onLinux = { skip: process.platform !== 'linux' && 'named pipes behave so on Linux' };

/** A tenth of a second of sound. */
const SOUND = buildWav({ data: int16Bytes(new Array(100 * SAMPLES_PER_MS).fill(1000)) });
const NO_SOUND = buildWav({ data: Buffer.alloc(0) });

/** Plays a file and listens to it. */
async function play(t: TestContext, path: string, { loop }: { readonly loop: boolean }) {
  const clock = new FakeClock();
  const told: MicrophoneStatus[] = [];
  const microphone = await FileMicrophone.open({
    ...{ path, loop, clock, sampleRate: 1000 * SAMPLES_PER_MS, restartMinMs: 200, restartMaxMs: 1000 },
    onStatus: (status) => told.push(status),
  });
  const heard = { ms: 0 };
  const listen = async () => {
    for await (const { samples } of microphone) heard.ms += samples.length / SAMPLES_PER_MS;
  };
  const ended = listen();
  ended.catch(() => {}); // a test that cares awaits it
  t.after(() => microphone.close());
  /** Lets time pass until something is the case, but none while the microphone waits for the file. */
  const passUntil = (condition: () => boolean) =>
    until(() => {
      if (condition()) return true;
      if (clock.pendingTimers > 0) clock.advance(STEP_MS);
      return false;
    });
  const passUntilState = (state: MicrophoneStatus['state']) =>
    passUntil(() => microphone.status.state === state);
  return { microphone, clock, told, heard, ended, passUntil, passUntilState };
}

function soundFile(t: TestContext): string {
  const path = join(temporaryFolder(t), 'sound.wav');
  writeFileSync(path, SOUND);
  return path;
}

test('a looped file that is gone for a while is played again when it is back', async (t) => {
  const path = soundFile(t);
  const { microphone, clock, told, heard, ended, passUntil, passUntilState } = await play(t, path, {
    loop: true,
  });
  await passUntil(() => heard.ms > 300);
  rmSync(path);
  await passUntilState('failed');
  assert.equal(microphone.status.code, 'AUDIO_FILE_UNREADABLE');
  assert.deepEqual(
    told.map(({ state }) => state),
    ['running', 'restarting', 'failed'],
  );
  writeFileSync(path, SOUND);
  const before = heard.ms;
  await passUntilState('running');
  assert.equal(microphone.status.code, null);
  assert.ok(microphone.status.restarts >= 5);
  const since = clock.now();
  await passUntil(() => heard.ms - before > 300);
  assert.ok(heard.ms - before <= clock.now() - since + 2 * STEP_MS, 'the time of the outage is not played');
  await microphone.close();
  await ended;
  assert.equal(microphone.status.state, 'off');
  assert.equal(clock.pendingTimers, 0);
});

test('pauses grow with every failure in a row, up to the longest', async (t) => {
  const path = soundFile(t);
  const { microphone, clock, passUntil, passUntilState } = await play(t, path, { loop: true });
  await passUntilState('running');
  rmSync(path);
  await passUntilState('restarting');
  for (const [restarts, longestMs] of [200, 400, 800, 1000, 1000].entries()) {
    await until(() => clock.pendingTimers === 1);
    const since = clock.now();
    await passUntil(() => microphone.status.restarts > restarts);
    const pauseMs = clock.now() - since;
    assert.ok(pauseMs >= longestMs / 2 && pauseMs <= longestMs + STEP_MS, `pause ${restarts}: ${pauseMs} ms`);
  }
});

test('closed in a pause it ends at once', async (t) => {
  const path = soundFile(t);
  const { microphone, clock, ended, passUntilState } = await play(t, path, { loop: true });
  await passUntilState('running');
  rmSync(path);
  await passUntilState('restarting');
  await microphone.close();
  await ended;
  assert.equal(clock.pendingTimers, 0);
});

test('a looped file that has become empty is looked at again', async (t) => {
  const path = soundFile(t);
  const { heard, passUntil, passUntilState, told } = await play(t, path, { loop: true });
  await passUntil(() => heard.ms > 0);
  writeFileSync(path, NO_SOUND);
  await passUntilState('restarting');
  assert.match(String(told.at(-1)?.detail), /holds no sound/);
  writeFileSync(path, SOUND);
  await passUntilState('running');
});

test('writers of a looped pipe that bring nothing do not end it', onLinux, async (t) => {
  const pipe = makePipe(t);
  const { microphone, passUntil, passUntilState } = await play(t, pipe, { loop: true });
  closeSync(await openWriter(pipe));
  await passUntilState('restarting');
  assert.equal(microphone.status.code, 'AUDIO_FILE_UNREADABLE');
  await passUntil(() => microphone.status.restarts === 1);
  const writer = await openWriter(pipe);
  writeSync(writer, SOUND);
  closeSync(writer);
  await passUntilState('running');
});

test('without loop a failure is the end, and has its code', onLinux, async (t) => {
  const pipe = makePipe(t);
  const { microphone, ended } = await play(t, pipe, { loop: false });
  closeSync(await openWriter(pipe));
  await assert.rejects(ended, { code: 'AUDIO_FILE_UNREADABLE' });
  const { state, code } = microphone.status;
  assert.deepEqual([state, code], ['failed', 'AUDIO_FILE_UNREADABLE']);
});

function makePipe(t: TestContext): string {
  const pipe = join(temporaryFolder(t), 'pipe');
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
  return pipe;
}

/** Waits for the reader, without which it can not be opened. */
async function openWriter(pipe: string): Promise<number> {
  let writer: number | null = null;
  await until(() => {
    writer = tryOpen(pipe);
    return writer !== null;
  });
  return writer as unknown as number;
}

function tryOpen(pipe: string): number | null {
  try {
    return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return null;
    throw error;
  }
}
