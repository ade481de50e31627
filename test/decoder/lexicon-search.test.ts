import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Hypothesis } from '../../agent/decoder/decoder.ts';
import { LexiconSearch, type LexiconSearchOptions } from '../../agent/decoder/lexicon-search.ts';
import { anyRows, normalised, peaky } from './log-probs.ts';
import { bruteForce, NOTHING_PRUNED, resources, SIZE, USUAL } from './tiny-lexicon-search.ts';

const NEVER = Number.POSITIVE_INFINITY;

function search(options: LexiconSearchOptions): LexiconSearch {
  return new LexiconSearch(resources, options);
}

const textOf = ({ words }: Hypothesis) => words.map(({ text }) => text).join(' ');

test('with nothing pruned it finds the best of all word sequences over all alignments', () => {
  fc.assert(
    fc.property(
      anyRows(SIZE, { minLength: 0, maxLength: 6 }),
      fc.constantFrom(0, 0.7, 2),
      fc.constantFrom(-1, 0, 3),
      fc.constantFrom(0, 1.5),
      (rows, languageModelWeight, wordBonus, blankPenalty) => {
        const options = { ...NOTHING_PRUNED, languageModelWeight, wordBonus, blankPenalty };
        const logProbs = normalised(rows);
        const decoder = search(options);
        decoder.accept(logProbs, rows.length);
        decoder.end();
        const expected = bruteForce(logProbs, options);
        const best = decoder.best();
        assert.ok(Math.abs(best.score - Math.max(...expected.values())) < 1e-4);
        assert.ok(Math.abs(best.score - expected.get(textOf(best))!) < 1e-4);
        // the best alignment of another may have been joined with a better hypothesis on the way
        for (const other of decoder.nBest(50)) {
          assert.ok(other.score < expected.get(textOf(other))! + 1e-4);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('any split of the steps gives the same hypotheses', () => {
  fc.assert(
    fc.property(
      anyRows(SIZE, { minLength: 1, maxLength: 60 }),
      fc.infiniteStream(fc.nat(7)),
      (rows, splits) => {
        const logProbs = normalised(rows);
        const whole = search(USUAL);
        whole.accept(logProbs, rows.length);
        const split = search(USUAL);
        for (let step = 0; step < rows.length; ) {
          const count = Math.min(rows.length - step, splits.next().value as number);
          split.accept(logProbs, count, step * SIZE);
          step += count;
        }
        assert.deepEqual(split.nBest(4), whole.nBest(4));
        assert.equal(split.stableWords(), whole.stableWords());
      },
    ),
  );
});

test('stable words never shrink, are shared by all hypotheses, and every later best begins with them', () => {
  fc.assert(
    fc.property(
      anyRows(SIZE, { minLength: 1, maxLength: 80 }),
      fc.constantFrom(2, 4, 16),
      fc.constantFrom(1, 5, NEVER),
      fc.constantFrom(0.6, 0.95, 1),
      (rows, beamWidth, stableAfterSteps, stableCertainty) => {
        const logProbs = normalised(rows);
        const certain = { stableCertainty, certainAfterSteps: beamWidth - 2 };
        const decoder = search({ ...USUAL, beamWidth, stableAfterSteps, ...certain });
        let settled: string[] = [];
        for (let step = 0; step < rows.length; step += 1) {
          decoder.accept(logProbs, 1, step * SIZE);
          const texts = decoder.nBest(100).map(({ words }) => words.map(({ text }) => text));
          for (const words of texts) assert.deepEqual(words.slice(0, settled.length), settled);
          const stable = decoder.stableWords();
          assert.ok(stable >= settled.length);
          settled = texts[0]!.slice(0, stable);
          for (const words of texts) assert.deepEqual(words.slice(0, stable), settled);
        }
      },
    ),
  );
});

test('a word that nearly all of the probability agrees on is stable before its age', () => {
  // "ca new", which can be read in no other way
  const logProbs = normalised([...'-c-a--a-a-----'].map((letter) => likely(letter, 0.97)));
  const stableAt = (stableCertainty: number, certainAfterSteps = 0) => {
    const certain = { stableCertainty, certainAfterSteps };
    const decoder = search({ ...USUAL, beamWidth: 64, stableAfterSteps: NEVER, ...certain });
    for (let step = 0; step < logProbs.length / SIZE; step += 1) {
      decoder.accept(logProbs, 1, step * SIZE);
      if (decoder.stableWords() > 0) return step;
    }
    return NEVER;
  };
  assert.equal(stableAt(1), NEVER);
  assert.ok(stableAt(0.9) < NEVER);
  assert.ok(stableAt(0.6) <= stableAt(0.9));
  // "ca" ends at step 3
  for (const age of [4, 6, 9]) assert.equal(stableAt(0.6, age), Math.max(stableAt(0.6), 3 + age));
});

/** Weights of a row in which one token has the share `share`, "-" being the blank. */
function likely(letter: string, share: number): number[] {
  const rest = (1 - share) / (SIZE - 1);
  return ['-', 'a', 'b', 'c'].map((token) => (token === letter ? share : rest));
}

test('the revision changes with every change of the words', () => {
  fc.assert(
    fc.property(anyRows(SIZE, { minLength: 1, maxLength: 40 }), (rows) => {
      const logProbs = normalised(rows);
      const decoder = search(USUAL);
      let [revision, text, stable] = [decoder.revision, '', 0];
      for (let step = 0; step < rows.length; step += 1) {
        decoder.accept(logProbs, 1, step * SIZE);
        if (decoder.revision === revision) {
          assert.equal(textOf(decoder.best()), text);
          assert.equal(decoder.stableWords(), stable);
        }
        [revision, text, stable] = [decoder.revision, textOf(decoder.best()), decoder.stableWords()];
      }
    }),
  );
});

test('words have the steps of their phonemes, in order, and a confidence', () => {
  const decoder = search(USUAL);
  decoder.accept(peaky([0, 3, 3, 1, 0, 0, 1, 2, 0], SIZE), 9);
  decoder.end();
  const { words } = decoder.best();
  assert.deepEqual(
    words.map(({ text, startStep, endStep }) => [text, startStep, endStep]),
    [
      ['ca', 1, 3],
      ['ab', 6, 7],
    ],
  );
  assert.ok(words.every(({ confidence }) => confidence > 0.5 && confidence <= 1));
  assert.equal(decoder.trailingBlankSteps(), 1);
});

test('the language model decides between words that sound the same', () => {
  const decoder = search(USUAL);
  decoder.accept(peaky([2, 0, 2, 0], SIZE), 4);
  decoder.end();
  assert.equal(textOf(decoder.best()), 'be bee');
});

test('equal phonemes of two words need a blank between them', () => {
  const decoder = search({ ...USUAL, wordBonus: 5 });
  decoder.accept(peaky([1, 2, 2, 2], SIZE), 4);
  decoder.end();
  assert.equal(textOf(decoder.best()), 'ab');
});

test('after a reset nothing is left of what was heard', () => {
  fc.assert(
    fc.property(anyRows(SIZE, { minLength: 1, maxLength: 30 }), (rows) => {
      const logProbs = normalised(rows);
      const used = search(USUAL);
      used.accept(logProbs, rows.length);
      used.end();
      used.reset();
      used.accept(logProbs, rows.length);
      const fresh = search(USUAL);
      fresh.accept(logProbs, rows.length);
      assert.deepEqual(used.nBest(5), fresh.nBest(5));
    }),
  );
});
