import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AudioSource } from '../../agent/capture/audio-source.ts';
import { PacedSource, type PacedSourceOptions } from '../../agent/capture/paced-source.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { settle } from './fake-recorder.ts';

/** Sound whose samples count up, in chunks of an odd length. */
function counting(length: number): AudioSource & { closed: boolean } {
  return {
    sampleRate: 16000,
    closed: false,
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < length; at += 1001) {
        const count = Math.min(1001, length - at);
        yield { samples: Int16Array.from({ length: count }, (_, i) => at + i) };
      }
    },
    async close() {
      this.closed = true;
    },
  };
}

interface Arrival {
  readonly atMs: number;
  readonly samples: Int16Array;
}

/** Reads in the background and notes when chunks came. */
function listen(options: Omit<PacedSourceOptions, 'clock' | 'open'> & { length?: number }) {
  const clock = new FakeClock();
  const arrivals: Arrival[] = [];
  const opened: ReturnType<typeof counting>[] = [];
  const open = async () => {
    opened.push(counting(options.length ?? 16000));
    return opened.at(-1)!;
  };
  const source = new PacedSource({ ...options, clock, open });
  const read = async () => {
    for await (const { samples } of source) arrivals.push({ atMs: clock.now(), samples });
  };
  const done = read();
  const pass = async (ms: number, stepMs = 1) => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await settle();
      clock.advance(stepMs);
    }
    await settle();
  };
  return { clock, arrivals, opened, source, done, pass };
}

test('a chunk comes when its last sample would have been spoken, without drift', async () => {
  const { arrivals, done, pass } = listen({});
  await pass(1010);
  await done;
  let heard = 0;
  for (const { atMs, samples } of arrivals) {
    heard += samples.length;
    assert.ok(atMs >= heard / 16 && atMs < heard / 16 + 1, `sample ${heard} at ${atMs} ms`);
    assert.ok(samples.length <= 320);
  }
  assert.equal(heard, 16000);
});

test('every sample comes once and in order', async () => {
  const { arrivals, done, pass } = listen({});
  await pass(1010);
  await done;
  const all = arrivals.flatMap(({ samples }) => Array.from(samples));
  assert.deepEqual(
    all,
    Array.from({ length: 16000 }, (_, i) => i),
  );
});

test('a speed of 4 takes a quarter of the time', async () => {
  const { arrivals, done, pass } = listen({ speed: 4 });
  await pass(251);
  await done;
  assert.equal(arrivals.at(-1)?.atMs, 250);
});

test('a timer that is late does not shift what follows', async () => {
  const { arrivals, done, pass } = listen({});
  await pass(1050, 7);
  await done;
  assert.ok(arrivals.at(-1)!.atMs < 1008);
});

test('with loop the sound begins again without a gap', async () => {
  const { arrivals, opened, source, done, pass } = listen({ loop: true, length: 1600 });
  await pass(1000);
  const heard = arrivals.reduce((sum, { samples }) => sum + samples.length, 0);
  assert.ok(heard >= 15_680 && heard <= 16_000, `${heard} samples in a second`);
  assert.ok(opened.length >= 10);
  await source.close();
  await done;
});

test('an empty sound with loop ends instead of turning for ever', async () => {
  const { arrivals, done, pass } = listen({ loop: true, length: 0 });
  await pass(5);
  await done;
  assert.equal(arrivals.length, 0);
});

test('close ends the iteration while it waits, releases the file and leaves no timer', async () => {
  const { clock, opened, source, done, pass } = listen({});
  await pass(100);
  await source.close();
  await source.close();
  await done;
  assert.equal(opened[0]?.closed, true);
  assert.equal(clock.pendingTimers, 0);
});

test('an error while opening reaches the reader', async () => {
  const source = new PacedSource({ clock: new FakeClock(), open: () => Promise.reject(new Error('gone')) });
  await assert.rejects(source[Symbol.asyncIterator]().next(), /gone/);
});
