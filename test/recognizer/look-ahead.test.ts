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
