import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AudioSource } from '../../agent/capture/audio-source.ts';
import { recognize } from '../../agent/cli/recognition.ts';
import { measureLoad } from '../../agent/cli/stream-load.ts';
import { SYSTEM_CLOCK } from '../../agent/clock.ts';
import { AgentError } from '../../agent/errors.ts';
import type { ObservedEvent } from '../../agent/evaluation/latency.ts';
import { FakeEngine } from '../support/fake-engine.ts';

class MemorySource implements AudioSource {
  readonly sampleRate = 16000;
  readonly #seconds: number;
  readonly #error: Error | null;
  closed = false;

  constructor(seconds: number, error: Error | null = null) {
    this.#seconds = seconds;
    this.#error = error;
  }

  async *[Symbol.asyncIterator]() {
    yield { samples: new Int16Array(this.#seconds * this.sampleRate) };
    if (this.#error !== null) throw this.#error;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

test('runs a source to its end and dates the events by the audio that was heard', async () => {
  const observed: ObservedEvent[] = [];
  let heard = 0;
  const source = new MemorySource(1.2);
  const result = await recognize(new FakeEngine(), source, {
    onEvent: (event) => observed.push(event),
    onAudio: (samples) => {
      heard += samples.length;
    },
  });
  assert.deepEqual(result, { seconds: 1.2, finishedAt: 1.2 });
  assert.equal(heard, 19200);
  assert.deepEqual(
    observed.map(({ event, at }) => `${event.type} ${at}`),
    ['speech-start 0', 'partial 0.5', 'partial 1', 'final 1', 'speech-end 1'],
  );
  assert.equal(source.closed, true);
});

test('dates the events by the clock when it plays in real time', async () => {
  const observed: ObservedEvent[] = [];
  const { finishedAt } = await recognize(new FakeEngine(), new MemorySource(0.6), {
    realtime: SYSTEM_CLOCK,
    onEvent: (event) => observed.push(event),
  });
  const partial = observed.find(({ event }) => event.type === 'partial')!;
  assert.ok(partial.at >= 0.5 && finishedAt >= 0.6, `${partial.at}, ${finishedAt}`);
});

test('waits while the engine is behind', async () => {
  const engine = new FakeEngine({ held: true, queueHighMs: 200 });
  let given = 0;
  const done = recognize(engine, new MemorySource(2), {
    onAudio: (_, seconds) => {
      given = seconds;
    },
  });
  for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(given < 0.5, `${given} s were given`);
  engine.release();
  assert.equal((await done).seconds, 2);
});

test('closes the source and the stream when the source breaks', async () => {
  const engine = new FakeEngine();
  const source = new MemorySource(1, new AgentError('AUDIO_FILE_UNREADABLE', 'torn'));
  await assert.rejects(recognize(engine, source, {}), /torn/);
  assert.equal(source.closed, true);
  assert.equal(engine.streams[0]?.ended, true);
});

test('closes the source when the engine fails', async () => {
  const engine = new FakeEngine({ held: true });
  const source = new MemorySource(1);
  const done = recognize(engine, source, {});
  engine.streams[0]?.fail(new AgentError('ENGINE_FAILED', 'gone'));
  await assert.rejects(done, /gone/);
  assert.equal(source.closed, true);
});

test('measures live streams: each speaks, and what they wait for is counted', async () => {
  const load = await measureLoad(new FakeEngine(), {
    streams: 2,
    seconds: 1.1,
    recording: new Int16Array(8000),
    clock: SYSTEM_CLOCK,
  });
  assert.equal(load.streams, 2);
  assert.equal(load.partial?.count, 4);
  assert.equal(load.partial?.p95, 40);
  assert.equal(load.final?.count, 2);
});
