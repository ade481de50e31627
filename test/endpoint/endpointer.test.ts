import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Endpointer, type EndpointOptions } from '../../agent/endpoint/endpointer.ts';

const STEP_MS = 40;
const RULES: EndpointOptions = {
  enabled: true,
  rule1SilenceMs: 400,
  rule2SilenceMs: 160,
  rule3UtteranceMs: 1200,
};

interface Step {
  trailing: number;
  spoken: boolean;
}

/** The first step (counted from 1) at which the segment ends, and why. */
function firstEndpoint(steps: readonly Step[], rules = RULES): [number, string] | null {
  const endpointer = new Endpointer(rules, STEP_MS);
  for (const [index, { trailing, spoken }] of steps.entries()) {
    const reason = endpointer.accept(trailing, spoken);
    if (reason) return [index + 1, reason];
  }
  return null;
}

const silence = (count: number): Step[] =>
  Array.from({ length: count }, (_, i) => ({ trailing: i + 1, spoken: false }));
const speech = (count: number): Step[] =>
  Array.from({ length: count }, () => ({ trailing: 0, spoken: true }));
const pause = (count: number): Step[] => silence(count).map((step) => ({ ...step, spoken: true }));

test('rule 1: silence in which nothing was said ends the segment after its time', () => {
  assert.deepEqual(firstEndpoint(silence(20)), [10, 'endpoint']);
});

test('rule 2: silence after speech ends the segment sooner', () => {
  assert.deepEqual(firstEndpoint([...speech(3), ...pause(20)]), [7, 'endpoint']);
});

test('a pause shorter than rule 2 ends nothing', () => {
  assert.equal(firstEndpoint([...speech(3), ...pause(3), ...speech(3), ...pause(3)]), null);
});

test('rule 3: a segment has a longest length, whatever is said', () => {
  assert.deepEqual(firstEndpoint(speech(50)), [30, 'max-length']);
});

test('rule 1 holds after speech too when it is the shorter one', () => {
  const rules = { ...RULES, rule1SilenceMs: 80 };
  assert.deepEqual(firstEndpoint([...speech(3), ...pause(20)], rules), [5, 'endpoint']);
});

test('times are rounded up to whole steps, and 1 ms is one step', () => {
  assert.deepEqual(firstEndpoint([...speech(1), ...pause(9)], { ...RULES, rule2SilenceMs: 81 }), [
    4,
    'endpoint',
  ]);
  assert.deepEqual(firstEndpoint([...speech(1), ...pause(9)], { ...RULES, rule2SilenceMs: 1 }), [
    2,
    'endpoint',
  ]);
});

test('when disabled no segment ends by itself', () => {
  assert.equal(
    firstEndpoint([...silence(90), ...speech(90), ...pause(90)], { ...RULES, enabled: false }),
    null,
  );
});

test('silence begins anew with the first word, however late the search finds it', () => {
  const late = { trailing: 7, spoken: true };
  assert.deepEqual(firstEndpoint([...silence(8), late, ...pause(20).slice(7)]), [13, 'endpoint']);
});

test('a jump back to a hypothesis that ended long ago does not count as silence at once', () => {
  const jump = Array.from({ length: 9 }, (_, i) => ({ trailing: 30 + i, spoken: true }));
  assert.deepEqual(firstEndpoint([...speech(5), ...jump]), [9, 'endpoint']);
});

test('reset begins a new segment', () => {
  const endpointer = new Endpointer(RULES, STEP_MS);
  for (const { trailing, spoken } of [...speech(3), ...pause(3)]) endpointer.accept(trailing, spoken);
  endpointer.reset();
  assert.equal(endpointer.stepsToEarliest, 4);
  const reasons = silence(10).map(({ trailing, spoken }) => endpointer.accept(trailing, spoken));
  assert.deepEqual(reasons, [...Array(9).fill(null), 'endpoint']);
});

test('a word soon behind a pause that was told begins the next one, however short it is', () => {
  const limits = { quietMs: 9 * STEP_MS, pauseMs: 3 * STEP_MS, longestMs: 100 * STEP_MS };
  const endpointer = new Endpointer({ ...RULES, enabled: false }, STEP_MS, limits);
  const told = (steps: readonly Step[]) =>
    steps.flatMap(({ trailing, spoken }, step) =>
      endpointer.accept(trailing, spoken) === null ? [] : [step + 1],
    );
  assert.deepEqual(told([...speech(2), ...pause(4)]), [5]);
  assert.deepEqual(told([...speech(1), ...pause(3)]), [4]);
  // the search may find the word a step late, and see silence where it has just found it
  assert.deepEqual(told([...pause(4).slice(3), { trailing: 1, spoken: true }, ...pause(4).slice(1)]), [5]);
  // but to another end of the same words it may change its mind
  assert.deepEqual(told([...pause(4).slice(3), { trailing: 3, spoken: true }, ...pause(12).slice(4)]), [9]);
});

test('no segment ever ends before stepsToEarliest, nor is a pause told', () => {
  const step = fc.record({ trailing: fc.oneof(fc.constant(0), fc.nat(60)), spoken: fc.boolean() });
  const ms = fc.integer({ min: 1, max: 900 });
  const rules = fc.record({
    enabled: fc.boolean(),
    rule1SilenceMs: ms,
    rule2SilenceMs: ms,
    rule3UtteranceMs: ms,
  });
  const limits = fc
    .record({ quietMs: ms, pauseMs: ms, longestMs: fc.integer({ min: 1, max: 9000 }) })
    .filter(({ quietMs, pauseMs }) => quietMs >= pauseMs);
  fc.assert(
    fc.property(rules, limits, fc.array(step, { maxLength: 80 }), (options, most, steps) => {
      const endpointer = new Endpointer(options, STEP_MS, most);
      let earliest = endpointer.stepsToEarliest;
      for (const [index, { trailing, spoken }] of steps.entries()) {
        const decision = endpointer.accept(trailing, spoken);
        if (decision !== null)
          assert.ok(index + 1 >= earliest, `${decision} at ${index + 1}, not ${earliest}`);
        if (decision !== null && decision !== 'pause') return;
        earliest = Math.max(earliest, index + 1 + endpointer.stepsToEarliest);
      }
    }),
    { numRuns: 1000 },
  );
});

test('stepsToEarliest looks as far as the rules allow', () => {
  const endpointer = new Endpointer(RULES, STEP_MS);
  const ahead = [...speech(2), ...pause(3)].map(({ trailing, spoken }) => {
    endpointer.accept(trailing, spoken);
    return endpointer.stepsToEarliest;
  });
  assert.deepEqual(ahead, [4, 4, 3, 2, 1]);
  assert.equal(
    new Endpointer({ ...RULES, enabled: false }, STEP_MS).stepsToEarliest,
    Number.POSITIVE_INFINITY,
  );
});

test('a segment that does not end by itself still has a greatest length, where it is given one', () => {
  const endpointer = new Endpointer({ ...RULES, enabled: false }, STEP_MS, {
    quietMs: Number.POSITIVE_INFINITY,
    longestMs: 10 * STEP_MS,
    pauseMs: Number.POSITIVE_INFINITY,
  });
  for (let step = 1; step <= 10; step += 1) {
    assert.ok(endpointer.stepsToEarliest <= 11 - step);
    assert.equal(endpointer.accept(0, true), step < 10 ? null : 'max-length');
  }
});

test('in the last quarter of its length a gap between words ends a segment, sooner does not', () => {
  const rules = { ...RULES, rule2SilenceMs: 2000, rule3UtteranceMs: 100 * STEP_MS };
  // 240 ms are 6 steps; the last quarter begins with step 75
  const early = [...speech(60), ...pause(8)];
  assert.deepEqual(firstEndpoint([...early, ...speech(12), ...pause(8)], rules), [86, 'max-length']);
  assert.deepEqual(firstEndpoint([...early, ...speech(2), ...pause(8)], rules), [76, 'max-length']);
  assert.deepEqual(firstEndpoint([...early, ...speech(20), ...pause(5), ...speech(50)], rules), [
    100,
    'max-length',
  ]);
});

test('where segments do not end by themselves, silence is told as a pause, again and again', () => {
  const limits = { quietMs: 5 * STEP_MS, pauseMs: 3 * STEP_MS, longestMs: 100 * STEP_MS };
  const endpointer = new Endpointer({ ...RULES, enabled: false }, STEP_MS, limits);
  const told = [...silence(6), ...speech(2), ...pause(8), ...speech(1), ...pause(2)].map(
    ({ trailing, spoken }) => {
      const earliest = endpointer.stepsToEarliest;
      const decision = endpointer.accept(trailing, spoken);
      assert.ok(decision === null || earliest === 1);
      return decision;
    },
  );
  assert.deepEqual(
    told.flatMap((decision, step) => (decision === 'pause' ? [step + 1] : [])),
    [5, 11, 16],
  );
  assert.equal(new Endpointer(RULES, STEP_MS, limits).accept(2, false), null);
});
