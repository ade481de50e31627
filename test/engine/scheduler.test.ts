import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planRun } from '../../agent/engine/scheduler.ts';

const LIMITS = { maxBatch: 4, maxSteps: 8 };

test('without a ready step there is no run', () => {
  assert.equal(planRun([], LIMITS), null);
  assert.equal(planRun([0, 0], LIMITS), null);
});

test('a lone stream gets all its steps at once', () => {
  assert.deepEqual(planRun([0, 3, 0], LIMITS), { steps: 3, members: [1] });
});

test('a stream that is far behind gets as many steps as a run may have', () => {
  assert.deepEqual(planRun([100], LIMITS), { steps: 8, members: [0] });
});

test('streams with equally many steps run together', () => {
  assert.deepEqual(planRun([2, 0, 2, 2], LIMITS), { steps: 2, members: [0, 2, 3] });
});

test('the number of steps is the one that computes the most', () => {
  assert.deepEqual(planRun([3, 2, 2, 1], LIMITS), { steps: 2, members: [0, 1, 2] });
  assert.deepEqual(planRun([8, 1, 1], LIMITS), { steps: 8, members: [0] });
});

test('of equal work the one with more streams is taken', () => {
  assert.deepEqual(planRun([2, 1], LIMITS), { steps: 1, members: [0, 1] });
});

test('the first of the list takes part even when others have more to do', () => {
  assert.deepEqual(planRun([1, 8, 8, 8], LIMITS), { steps: 1, members: [0, 1, 2, 3] });
});

test('more streams than a run may have wait for the next', () => {
  assert.deepEqual(planRun([1, 1, 1, 1, 1, 1], LIMITS)?.members, [0, 1, 2, 3]);
});

test('every plan is within the limits and serves the stream that waited longest', () => {
  const limits = fc.record({
    maxBatch: fc.integer({ min: 1, max: 8 }),
    maxSteps: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 12 }), { maxLength: 20 }), limits, (ready, limits) => {
      const plan = planRun(ready, limits);
      const leader = ready.findIndex((steps) => steps > 0);
      if (leader < 0) {
        assert.equal(plan, null);
        return;
      }
      assert.ok(plan);
      assert.equal(plan.members[0], leader);
      assert.ok(plan.members.length <= limits.maxBatch);
      assert.ok(plan.steps >= 1 && plan.steps <= limits.maxSteps);
      assert.ok(plan.members.every((index) => ready[index]! >= plan.steps));
      assert.equal(new Set(plan.members).size, plan.members.length);
    }),
  );
});

test('no stream starves: each is served within as many runs as there are streams', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(counts, (counts) => {
      const left = [...counts];
      let order = left.map((_, stream) => stream);
      const waited = left.map(() => 0);
      for (;;) {
        const plan = planRun(
          order.map((stream) => left[stream]!),
          LIMITS,
        );
        if (!plan) break;
        const served = plan.members.map((index) => order[index]!);
        for (const stream of order) if (left[stream]! > 0) waited[stream]!++;
        for (const stream of served) {
          left[stream]! -= plan.steps;
          assert.ok(waited[stream]! <= left.length);
          waited[stream] = 0;
        }
        order = [...order.filter((stream) => !served.includes(stream)), ...served];
      }
      assert.ok(left.every((steps) => steps === 0));
    }),
  );
});

test('beside thirty files that could fill every run a speaker waits for two runs and is in the third', () => {
  const files = 30;
  const speaker = files;
  const limits = { maxBatch: 16, maxSteps: 16 };
  let order = Array.from({ length: files + 1 }, (_, stream) => stream);
  let heard = 0;
  for (let run = 1, waits = 0; run <= 300; run++) {
    const ready = order.map((stream) => (stream === speaker ? 6 : 100));
    const members = planRun(ready, limits)!.members.map((index) => order[index]!);
    order = [...order.filter((stream) => !members.includes(stream)), ...members];
    waits = members.includes(speaker) ? 0 : waits + 1;
    heard += members.includes(speaker) ? 1 : 0;
    assert.ok(waits <= 2, `run ${run}`);
  }
  assert.ok(heard >= 100);
});
