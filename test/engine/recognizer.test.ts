import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { configSchema, defaultConfig } from '../../agent/config.ts';
import { type EngineConfig, Recognizer } from '../../agent/engine/recognizer.ts';
import type { TranscriptEvent } from '../../agent/transcript/transcript-event.ts';
import { assertSameEvents } from '../support/compare-events.ts';
import { collectEvents, recognize } from '../support/recognize.ts';
import { babble, cut, seededRandom } from '../support/test-audio.ts';
import { TINY_BATCH_DEPENDENT, TINY_LSTM, TINY_MODEL } from '../support/tiny-bundle.ts';

const config: EngineConfig = configSchema.parse({
  engine: { workers: 1 },
  endpoint: { rule2SilenceMs: 300, rule3UtteranceMs: 4000 },
});
let engine: Recognizer;

before(async () => {
  engine = await Recognizer.load(TINY_MODEL, config);
});
after(() => engine.close());

test('a stream gives partials, finals and the end', async () => {
  const events = await recognize(engine, [babble(6)]);
  const types = new Set(events.map(({ type }) => type));
  assert.deepEqual([...types].sort(), ['final', 'partial', 'speech-end', 'speech-start']);
  assert.equal(events.findLast((event) => event.type === 'final')?.reason, 'end');
});

test('any split of the audio into chunks gives the same events', async () => {
  const samples = babble(8, 3);
  const expected = await recognize(engine, [samples]);
  const random = seededRandom(9);
  const splits: (() => number)[] = [
    () => 160,
    () => 1,
    () => 1 + 30 * random(),
    () => 4000 * random(),
    () => 25000 * random(),
  ];
  for (const nextLength of splits) {
    assertSameEvents(await recognize(engine, cut(samples, nextLength)), expected);
  }
});

test('sixteen streams at once get what each gets alone', async () => {
  const audio = Array.from({ length: 16 }, (_, seed) => babble(4 + (seed % 5), seed));
  const before = engine.stats().batchSizes;
  const alone: TranscriptEvent[][] = [];
  for (const samples of audio) alone.push(await recognize(engine, [samples]));
  const random = seededRandom(2);
  const together = await Promise.all(
    audio.map((samples) =>
      recognize(
        engine,
        cut(samples, () => 6000 * random()),
      ),
    ),
  );
  for (const [i, events] of together.entries()) assertSameEvents(events, alone[i]!);
  const batched = engine.stats().batchSizes.findLastIndex((runs, size) => runs > (before[size] ?? 0));
  assert.ok(batched >= 8, `the largest batch was ${batched}`);
});

test('two interleaved streams get what two separate runs give', async () => {
  const [a, b] = [babble(5, 21), babble(5, 22)];
  const expected = [await recognize(engine, [a]), await recognize(engine, [b], { decoder: 'greedy' })];
  const streams = [engine.createStream(), engine.createStream({ decoder: 'greedy' })] as const;
  const collected = streams.map(collectEvents);
  for (let start = 0; start < a.length; start += 1000) {
    streams[0].acceptPcm(a.subarray(start, start + 1000));
    streams[1].acceptPcm(b.subarray(start, start + 1000));
    await Promise.all(streams.map((stream) => stream.drained()));
  }
  for (const stream of streams) stream.finish();
  for (const [i, events] of (await Promise.all(collected)).entries()) assertSameEvents(events, expected[i]!);
});

test('a flush gives one final and the stream goes on', async () => {
  const stream = engine.createStream({ endpoint: { enabled: false } });
  const collected = collectEvents(stream);
  stream.acceptPcm(babble(2, 5));
  stream.flush();
  stream.acceptPcm(babble(2, 6));
  stream.flush();
  stream.flush();
  stream.finish();
  const finals = (await collected).filter((event) => event.type === 'final');
  assert.deepEqual(
    finals.map(({ reason }) => reason),
    ['flush', 'flush', 'flush'],
  );
});

test('settings change while a stream runs', async () => {
  const stream = engine.createStream({ endpoint: { enabled: false } });
  const collected = collectEvents(stream);
  stream.acceptPcm(babble(2, 5));
  await stream.configure({ alternatives: 2 });
  stream.acceptPcm(babble(2, 5));
  stream.finish();
  const [first, second] = (await collected).filter((event) => event.type === 'final');
  assert.equal(first?.reason, 'configure');
  assert.equal(first?.alternatives, undefined);
  assert.ok(Array.isArray(second?.alternatives));
});

test('an event tells how long it took and what it rests on', async () => {
  const stream = engine.createStream();
  stream.acceptPcm(babble(2, 5));
  stream.finish();
  for await (const event of stream) {
    const latencyMs = stream.latencyMs(event);
    assert.ok(latencyMs !== undefined && latencyMs >= 0 && latencyMs < 60_000);
    const heardSeconds = stream.heardSeconds(event);
    assert.ok(heardSeconds !== undefined && heardSeconds > 0 && heardSeconds <= 2);
  }
});

test('stats count audio, time and batches', async () => {
  const before = engine.stats();
  await recognize(engine, [babble(3)]);
  const stats = engine.stats();
  assert.ok(stats.audioSeconds - before.audioSeconds >= 3);
  assert.ok(stats.busySeconds > before.busySeconds);
  assert.equal(stats.streams, 0);
  assert.equal(stats.queuedMs, 0);
  assert.equal(stats.oldestQueuedMs, 0);
  assert.equal(stats.overrunSeconds, 0);
  assert.deepEqual(
    [stats.workers, stats.model, stats.provider, stats.precision],
    [1, 'tiny-model', 'cpu', 'fp32'],
  );
});

test('the calling thread does not load ONNX Runtime', () => {
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  assert.deepEqual(
    loaded.filter((path) => /onnxruntime/.test(path)),
    [],
  );
});

test('by itself the engine starts a worker, and with two the streams are spread over them', async (t) => {
  const byItself = await Recognizer.load(TINY_MODEL, defaultConfig());
  t.after(() => byItself.close());
  assert.ok(byItself.stats().workers >= 1);
  const two = await Recognizer.load(TINY_MODEL, { ...config, engine: { ...config.engine, workers: 2 } });
  t.after(() => two.close());
  const samples = babble(4, 8);
  const expected = await recognize(engine, [samples]);
  const results = await Promise.all([1, 2, 3, 4].map(() => recognize(two, [samples])));
  for (const events of results) assertSameEvents(events, expected);
});

for (const [name, bundle] of [
  ['with two recurrent states', TINY_LSTM],
  ['that can not be batched', TINY_BATCH_DEPENDENT],
] as const) {
  test(`a model ${name} gives the same for streams alone and together`, async (t) => {
    const other = await Recognizer.load(bundle, config);
    t.after(() => other.close());
    const audio = [babble(4, 1), babble(4, 2), babble(4, 3)];
    const alone: TranscriptEvent[][] = [];
    for (const samples of audio) alone.push(await recognize(other, [samples]));
    const together = await Promise.all(
      audio.map((samples) =>
        recognize(
          other,
          cut(samples, () => 700),
        ),
      ),
    );
    for (const [i, events] of together.entries()) assertSameEvents(events, alone[i]!);
  });
}
