import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CtcPrefixBeamSearch } from '../../agent/decoder/ctc-prefix-beam-search.ts';
import { logAdd } from '../../agent/decoder/log-math.ts';
import type { TokenSequence } from '../../agent/decoder/spelled-words.ts';
import { anyRows, collapse, letterTable, normalised, peaky } from './log-probs.ts';

const NEVER = Number.POSITIVE_INFINITY;
const NOTHING_PRUNED = {
  beamWidth: 512,
  tokenMinLogProb: -1e9,
  beamMinLogProb: -1e9,
  stableAfterSteps: NEVER,
};
const USUAL = { beamWidth: 4, tokenMinLogProb: -9, beamMinLogProb: -10, stableAfterSteps: 20 };

interface Scored {
  /** Over all alignments. */
  sum: number;
  /** Of the most probable alignment. */
  best: number;
}

/** Scores every token sequence by going through all `size ** steps` alignments. */
function bruteForce(logProbs: Float32Array, size: number): Map<string, Scored> {
  const steps = logProbs.length / size;
  const found = new Map<string, Scored>();
  for (let n = 0; n < size ** steps; n += 1) {
    const path = Array.from({ length: steps }, (_, step) => Math.floor(n / size ** step) % size);
    const score = path.reduce((sum, token, step) => sum + logProbs[step * size + token]!, 0);
    const key = collapse(path).join(' ');
    const known = found.get(key);
    found.set(key, {
      sum: known ? logAdd(known.sum, score) : score,
      best: known ? Math.max(known.best, score) : score,
    });
  }
  return found;
}

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-4, `${actual} is not close to ${expected}`);
}

/** Whether `steps` can be the peaks of an alignment of `tokens`: in order, with a step for the blank in "a a". */
function isAlignable({ tokens, steps }: TokenSequence): boolean {
  return steps.every((step, i) => i === 0 || step - steps[i - 1]! > (tokens[i] === tokens[i - 1] ? 1 : 0));
}

test('with nothing pruned, each hypothesis has the sum over all its alignments', () => {
  const size = 3;
  fc.assert(
    fc.property(anyRows(size, { minLength: 0, maxLength: 6 }), (rows) => {
      const logProbs = normalised(rows);
      const decoder = new CtcPrefixBeamSearch(letterTable(size), NOTHING_PRUNED);
      decoder.accept(logProbs, rows.length);
      const expected = bruteForce(logProbs, size);
      const found = decoder.nBest(Number.POSITIVE_INFINITY);
      assert.equal(found.length, expected.size);
      for (const { tokens, score } of found) close(score, expected.get(tokens.join(' '))!.sum);
      close(decoder.best().score, Math.max(...[...expected.values()].map(({ sum }) => sum)));
    }),
    { numRuns: 200 },
  );
});

test('with nothing pruned it is exact for four tokens too', () => {
  const size = 4;
  fc.assert(
    fc.property(anyRows(size, { minLength: 5, maxLength: 5 }), (rows) => {
      const logProbs = normalised(rows);
      const decoder = new CtcPrefixBeamSearch(letterTable(size), NOTHING_PRUNED);
      decoder.accept(logProbs, rows.length);
      const expected = bruteForce(logProbs, size);
      for (const { tokens, score } of decoder.nBest(512)) close(score, expected.get(tokens.join(' '))!.sum);
    }),
    { numRuns: 20 },
  );
});

test('the times belong to the most probable alignment', () => {
  const size = 3;
  fc.assert(
    fc.property(anyRows(size, { minLength: 1, maxLength: 6 }), (rows) => {
      const logProbs = normalised(rows);
      const decoder = new CtcPrefixBeamSearch(letterTable(size), NOTHING_PRUNED);
      decoder.accept(logProbs, rows.length);
      const expected = bruteForce(logProbs, size);
      for (const hypothesis of decoder.nBest(512)) {
        const { tokens, steps, posteriors } = hypothesis;
        assert.ok(isAlignable(hypothesis));
        tokens.forEach((token, i) => {
          close(posteriors[i]!, Math.exp(logProbs[steps[i]! * size + token]!));
        });
        const through = bestThrough(logProbs, size, hypothesis);
        close(through, expected.get(tokens.join(' '))!.best);
      }
    }),
    { numRuns: 100 },
  );
});

/** The most probable alignment of the tokens that emits each of them at least at its step. */
function bestThrough(logProbs: Float32Array, size: number, { tokens, steps }: TokenSequence): number {
  const count = logProbs.length / size;
  let best = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < size ** count; n += 1) {
    const path = Array.from({ length: count }, (_, step) => Math.floor(n / size ** step) % size);
    if (collapse(path).join(' ') !== tokens.join(' ')) continue;
    if (!tokens.every((token, i) => path[steps[i]!] === token)) continue;
    best = Math.max(
      best,
      path.reduce((sum, token, step) => sum + logProbs[step * size + token]!, 0),
    );
  }
  return best;
}

test('any split of the steps gives the same hypotheses', () => {
  const size = 5;
  fc.assert(
    fc.property(
      anyRows(size, { minLength: 1, maxLength: 60 }),
      fc.infiniteStream(fc.nat(7)),
      (rows, splits) => {
        const logProbs = normalised(rows);
        const whole = new CtcPrefixBeamSearch(letterTable(size), USUAL);
        whole.accept(logProbs, rows.length);
        const split = new CtcPrefixBeamSearch(letterTable(size), USUAL);
        for (let step = 0; step < rows.length; ) {
          const count = Math.min(rows.length - step, splits.next().value as number);
          split.accept(logProbs, count, step * size);
          step += count;
        }
        assert.deepEqual(split.nBest(4), whole.nBest(4));
        assert.equal(split.stableTokens(), whole.stableTokens());
      },
    ),
  );
});

test('stable tokens never shrink, are shared by all hypotheses, and every later best begins with them', () => {
  const size = 5;
  fc.assert(
    fc.property(
      anyRows(size, { minLength: 1, maxLength: 80 }),
      fc.constantFrom(1, 2, 4, 8),
      fc.constantFrom(1, 5, NEVER),
      (rows, beamWidth, stableAfterSteps) => {
        const logProbs = normalised(rows);
        const decoder = new CtcPrefixBeamSearch(letterTable(size), { ...USUAL, beamWidth, stableAfterSteps });
        let stable: readonly number[] = [];
        for (let step = 0; step < rows.length; step += 1) {
          decoder.accept(logProbs, 1, step * size);
          const alive = decoder.nBest(beamWidth).map(({ tokens }) => tokens);
          for (const tokens of alive) assert.deepEqual(tokens.slice(0, stable.length), stable);
          stable = alive[0]!.slice(0, decoder.stableTokens());
          assert.equal(stable.length, commonLength(alive));
        }
      },
    ),
  );
});

function commonLength(lists: readonly (readonly number[])[]): number {
  const [first] = lists;
  const differs = first!.findIndex((token, i) => lists.some((list) => list[i] !== token));
  return differs === -1 ? first!.length : differs;
}

test('tokens of the best hypothesis are stable at the given age at the latest', () => {
  const size = 5;
  const stableAfterSteps = 6;
  fc.assert(
    fc.property(anyRows(size, { minLength: 1, maxLength: 60 }), (rows) => {
      const logProbs = normalised(rows);
      const decoder = new CtcPrefixBeamSearch(letterTable(size), {
        ...USUAL,
        beamWidth: 8,
        stableAfterSteps,
      });
      for (let step = 0; step < rows.length; step += 1) {
        decoder.accept(logProbs, 1, step * size);
        const old = decoder.best().steps.filter((at) => at <= step - stableAfterSteps);
        assert.ok(decoder.stableTokens() >= old.length);
      }
    }),
  );
});

test('a long peaky input is decoded and becomes stable in passing', () => {
  const decoder = new CtcPrefixBeamSearch(letterTable(6), USUAL);
  const path = Array.from({ length: 3000 }, (_, i) => (i % 3 === 0 ? 1 + ((i / 3) % 5) : 0));
  decoder.accept(peaky(path, 6, 0.999), path.length);
  assert.deepEqual(decoder.best().tokens, collapse(path));
  assert.deepEqual(
    decoder.best().steps,
    path.flatMap((token, step) => (token === 0 ? [] : [step])),
  );
  assert.ok(decoder.stableTokens() > 900);
});

test('a sure row of blanks changes nothing but the score and the trailing blanks', () => {
  const decoder = new CtcPrefixBeamSearch(letterTable(3), { ...USUAL, tokenMinLogProb: -5 });
  decoder.accept(
    normalised([
      [1, 5, 1],
      [3, 1, 4],
      [5, 5, 1],
    ]),
    3,
  );
  const before = decoder.nBest(4);
  const { revision } = decoder;
  decoder.accept(
    normalised([
      [1e6, 1, 1],
      [1e6, 1, 1],
    ]),
    2,
  );
  const after = decoder.nBest(4);
  assert.deepEqual(
    after.map(({ tokens, steps }) => ({ tokens, steps })),
    before.map(({ tokens, steps }) => ({ tokens, steps })),
  );
  after.forEach((hypothesis, i) => {
    close(hypothesis.score, before[i]!.score);
  });
  assert.equal(decoder.revision, revision);
  assert.ok(decoder.trailingBlankSteps() >= 2);
});

test('rows in which only the blank is possible keep the sums exact', () => {
  const size = 3;
  const row = fc.oneof(
    fc.array(fc.integer({ min: 1, max: 20 }), { minLength: size, maxLength: size }),
    fc.constant([1, 0, 0]),
  );
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
      const logProbs = normalised(rows);
      const decoder = new CtcPrefixBeamSearch(letterTable(size), NOTHING_PRUNED);
      decoder.accept(logProbs, rows.length);
      const expected = bruteForce(logProbs, size);
      for (const { tokens, score } of decoder.nBest(512)) close(score, expected.get(tokens.join(' '))!.sum);
    }),
  );
});

test('the revision tells of every change of the best tokens and of the stable ones', () => {
  const size = 5;
  fc.assert(
    fc.property(anyRows(size, { minLength: 1, maxLength: 60 }), (rows) => {
      const logProbs = normalised(rows);
      const decoder = new CtcPrefixBeamSearch(letterTable(size), USUAL);
      let before = { revision: decoder.revision, text: '', stable: 0 };
      for (let step = 0; step < rows.length; step += 1) {
        decoder.accept(logProbs, 1, step * size);
        const { revision } = decoder;
        const now = { revision, text: decoder.best().tokens.join(' '), stable: decoder.stableTokens() };
        const changed = now.text !== before.text || now.stable !== before.stable;
        assert.equal(now.revision !== before.revision, changed);
        before = now;
      }
    }),
  );
});

test('trailing blanks are those of the best alignment', () => {
  const decoder = new CtcPrefixBeamSearch(letterTable(4), USUAL);
  const counts = [0, 0, 1, 1, 0, 0, 0, 2].map((token) => {
    decoder.accept(peaky([token], 4), 1);
    return decoder.trailingBlankSteps();
  });
  assert.deepEqual(counts, [1, 2, 0, 0, 1, 2, 3, 0]);
});

test('the beam holds at most its width, and nothing too far below the best', () => {
  const decoder = new CtcPrefixBeamSearch(letterTable(6), { ...USUAL, beamWidth: 3 });
  decoder.accept(normalised(Array.from({ length: 5 }, () => [6, 5, 4, 3, 2, 1])), 5);
  assert.equal(decoder.nBest(99).length, 3);
  const narrow = new CtcPrefixBeamSearch(letterTable(6), { ...USUAL, beamWidth: 99, beamMinLogProb: -1 });
  narrow.accept(normalised(Array.from({ length: 5 }, () => [6, 5, 4, 3, 2, 1])), 5);
  const scores = narrow.nBest(99).map(({ score }) => score);
  assert.ok(scores.length > 1 && scores.at(-1)! >= scores[0]! - 1);
});

test('hypotheses come best first', () => {
  const decoder = new CtcPrefixBeamSearch(letterTable(5), { ...USUAL, beamWidth: 16 });
  decoder.accept(
    normalised([
      [5, 4, 3, 2, 1],
      [1, 2, 3, 4, 5],
      [5, 1, 4, 2, 3],
    ]),
    3,
  );
  const scores = decoder.nBest(16).map(({ score }) => score);
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => b - a),
  );
  assert.equal(decoder.nBest(3).length, 3);
});

test('a certain token is decoded though the blank has no probability at all', () => {
  const decoder = new CtcPrefixBeamSearch(letterTable(3), USUAL);
  decoder.accept(
    normalised([
      [0, 1, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]),
    3,
  );
  assert.deepEqual(decoder.best().tokens, [1, 2]);
  assert.equal(decoder.best().score, 0);
});

test('reset gives a decoder as new', () => {
  const size = 4;
  fc.assert(
    fc.property(anyRows(size, { minLength: 1, maxLength: 20 }), (rows) => {
      const logProbs = normalised(rows);
      const used = new CtcPrefixBeamSearch(letterTable(size), USUAL);
      used.accept(normalised(rows.toReversed()), rows.length);
      used.reset();
      const fresh = new CtcPrefixBeamSearch(letterTable(size), USUAL);
      used.accept(logProbs, rows.length);
      fresh.accept(logProbs, rows.length);
      assert.deepEqual(used.nBest(4), fresh.nBest(4));
    }),
  );
});
