import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TranscriptEvent } from '../../agent/transcript/transcript-event.ts';
import { compute, computeRun, FakeAcousticModel, FRAMES_PER_STEP, syntheticAudio } from './drive.ts';
import { create, type Overrides, play, scene, settings, tokens } from './scene.ts';

const HOP = 160;
const WHOLE = (max: number) => max;
const lookAheads = fc.constantFrom(1, 3, 6);
const wakeTask = { type: 'wake', phrases: [{ text: 'abcd', threshold: 1e-4 }] } as const;

/** A source of numbers from 0 to the one asked for. */
const randomOf = (numbers: fc.Stream<number>) => (max: number) =>
  (numbers.next().value as number) % (max + 1);

test('a model that looks ahead gives the same events, at the same times, as one that needs not', () => {
  fc.assert(
    fc.property(
      ...[scene, settings, lookAheads, fc.infiniteStream(fc.nat(1_000_000))],
      (what, overrides, steps, numbers) => {
        const without = play(what, overrides, WHOLE);
        assert.deepEqual(play(what, overrides, WHOLE, steps), without);
        assert.deepEqual(play(what, overrides, randomOf(numbers), steps), without);
      },
    ),
    { numRuns: 30 },
  );
});

test('wake phrases, and what follows them, are heard the same with a look-ahead', () => {
  const lengths = fc.array(fc.integer({ min: 2000, max: 9000 }), { minLength: 2, maxLength: 6 });
  const tasks = fc.constantFrom(wakeTask, { ...wakeTask, listenMs: 600 }, { ...wakeTask, listenFor: null });
  const spoken = fc.record({ seed: fc.nat(1000), lengths, task: tasks });
  let heard = 0;
  fc.assert(
    fc.property(
      ...[spoken, lookAheads, fc.infiniteStream(fc.nat(1_000_000))],
      ({ seed, lengths, task }, steps, numbers) => {
        const what = { seed, parts: [{ lengths, flush: false }] };
        const overrides: Overrides = { decoder: { task } };
        const without = play(what, overrides, WHOLE);
        heard += without.filter(({ type }) => type === 'wake').length;
        assert.deepEqual(play(what, overrides, randomOf(numbers), steps), without);
      },
    ),
    { numRuns: 40, seed: 1 },
  );
  assert.ok(heard > 0, 'the phrase was never heard');
});

test('so they are with flushes and new settings between them, with and without ends of segments', () => {
  const task = fc.constantFrom(wakeTask, { ...wakeTask, listenMs: 600 }, { type: 'dictation' } as const);
  const overrides = fc.record({
    decoder: fc.record({ task }),
    endpoint: fc.record({ enabled: fc.boolean(), tailPaddingMs: fc.constantFrom(0, 320) }),
  });
  const part = fc.record({
    lengths: fc.array(fc.integer({ min: 2000, max: 9000 }), { minLength: 2, maxLength: 4 }),
    flush: fc.boolean(),
    change: fc.option(overrides),
  });
  const spoken = fc.record({ seed: fc.nat(1000), parts: fc.array(part, { minLength: 1, maxLength: 4 }) });
  let heard = 0;
  fc.assert(
    fc.property(
      ...[spoken, overrides, lookAheads, fc.infiniteStream(fc.nat(1_000_000))],
      (what, first, steps, numbers) => {
        const without = play(what, first, WHOLE);
        heard += without.filter(({ type }) => type === 'wake').length;
        assert.deepEqual(play(what, first, randomOf(numbers), steps), without);
        const flushed = without.filter((event) => event.type === 'final' && event.reason === 'flush');
        assert.equal(flushed.length, what.parts.filter(({ flush }) => flush).length);
      },
    ),
    { numRuns: 40, seed: 1 },
  );
  assert.ok(heard > 0, 'the phrase was never heard');
});

test('a segment that the greatest length cuts goes on the same with a look-ahead', () => {
  const what = { seed: 5, parts: [{ lengths: [0, 40_000], flush: false }] };
  const overrides: Overrides = { endpoint: { rule3UtteranceMs: 400 }, decoder: { search: 'greedy' } };
  const without = play(what, overrides, WHOLE);
  const cuts = without.filter((event) => event.type === 'final' && event.reason === 'max-length');
  assert.ok(cuts.length >= 4);
  for (const steps of [1, 3, 6]) assert.deepEqual(play(what, overrides, WHOLE, steps), without);
});

test('what a look-ahead costs is that much more audio before an event', () => {
  const samples = syntheticAudio([4000, 12000, 8000], 5);
  const steps = 3;
  const [without, ahead] = [0, steps].map((lookAheadSteps) => {
    const pipeline = create({}, lookAheadSteps);
    const model = new FakeAcousticModel(tokens, lookAheadSteps);
    const arrivals: { event: TranscriptEvent; samples: number }[] = [];
    for (let at = 0; at < samples.length; at += HOP) {
      pipeline.acceptPcm(samples.subarray(at, at + HOP));
      for (const event of compute(pipeline, model)) arrivals.push({ event, samples: at + HOP });
    }
    return arrivals;
  });
  assert.ok(without!.length > 3);
  const delay = steps * FRAMES_PER_STEP * HOP;
  assert.deepEqual(
    ahead,
    without!.map(({ event, samples }) => ({ event, samples: samples + delay })),
  );
});

test('the queue holds what a look-ahead waits for', () => {
  const pipeline = create({}, 3);
  const model = new FakeAcousticModel(tokens, 3);
  pipeline.acceptPcm(new Int16Array(16000));
  assert.equal(pipeline.warmUpSteps, 3);
  computeRun(pipeline, model, 2);
  assert.deepEqual([pipeline.warmUpSteps, pipeline.consumedSamples], [1, 0]);
  computeRun(pipeline, model, 5);
  assert.deepEqual([pipeline.warmUpSteps, pipeline.consumedSamples], [0, 4 * FRAMES_PER_STEP * HOP]);
});
