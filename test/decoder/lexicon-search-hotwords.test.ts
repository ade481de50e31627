import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Hypothesis } from '../../agent/decoder/decoder.ts';
import type { SpokenHotword, SpokenWord } from '../../agent/decoder/hotword.ts';
import { HotwordTree } from '../../agent/decoder/hotword-tree.ts';
import { LexiconSearch, type LexiconSearchOptions } from '../../agent/decoder/lexicon-search.ts';
import { anyRows, normalised, peaky } from './log-probs.ts';
import {
  bruteForce,
  lexicon,
  lexiconUnits,
  model,
  NOTHING_PRUNED,
  resources,
  SIZE,
  type Unit,
  USUAL,
} from './tiny-lexicon-search.ts';

/** Of the lexicon with one or two sayings, of the lexicon alone, and of neither lexicon nor language model. */
const BE: SpokenWord = { text: 'be', sayings: [[2]] };
const BAB: SpokenWord = {
  text: 'bab',
  sayings: [
    [2, 1, 2],
    [2, 2],
  ],
};
const NEW: SpokenWord = { text: 'new', sayings: [[1, 1]] };
const ZED: SpokenWord = {
  text: 'zed',
  sayings: [
    [3, 2],
    [3, 3],
  ],
};
const WORDS = [BE, BAB, NEW, ZED];

function search(hotwords: readonly SpokenHotword[], options: LexiconSearchOptions): LexiconSearch {
  const { languageModelWeight } = options;
  const tree = new HotwordTree(hotwords, { lexicon, model, languageModelWeight });
  return new LexiconSearch(resources, options, tree);
}

const textOf = ({ words }: Hypothesis) => words.map(({ text }) => text).join(' ');

/** The ways to say a hotword, each as something that may be found. */
function hotwordUnits({ words, boost }: SpokenHotword, languageModelWeight: number): Unit[] {
  const pronunciations = words.reduce<number[][]>(
    (before, { sayings }) => before.flatMap((begin) => sayings.map((saying) => [...begin, ...saying])),
    [[]],
  );
  const score = (logProb: number, word: string) => {
    const share = model.wordId(word) === 0 ? -Math.log(model.wordCount) : 0;
    return Math.min(0, languageModelWeight * (logProb + share) + boost);
  };
  return pronunciations.map((pronunciation) => ({
    words: words.map(({ text }) => text),
    pronunciation,
    score,
  }));
}

const anyHotwords = fc.array(
  fc.record({
    words: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }),
    boost: fc.constantFrom(0, 0.5, 2, 30),
  }),
  { maxLength: 4 },
);

function hear(decoder: LexiconSearch, logProbs: Float32Array): Hypothesis {
  decoder.accept(logProbs, logProbs.length / SIZE);
  decoder.end();
  return decoder.best();
}

test('with nothing pruned it finds the best of all word sequences with all hotwords in them', () => {
  fc.assert(
    fc.property(
      anyRows(SIZE, { minLength: 0, maxLength: 6 }),
      anyHotwords,
      fc.constantFrom(0, 0.7, 2),
      (rows, hotwords, languageModelWeight) => {
        const options = { ...NOTHING_PRUNED, languageModelWeight };
        const logProbs = normalised(rows);
        const units = [
          ...lexiconUnits(languageModelWeight),
          ...hotwords.flatMap((hotword) => hotwordUnits(hotword, languageModelWeight)),
        ];
        const expected = bruteForce(logProbs, options, units);
        const best = hear(search(hotwords, options), logProbs);
        assert.ok(Math.abs(best.score - Math.max(...expected.values())) < 1e-4);
        assert.ok(Math.abs(best.score - expected.get(textOf(best))!) < 1e-4);
      },
    ),
    { numRuns: 150 },
  );
});

test('any split of the steps gives the same hypotheses', () => {
  fc.assert(
    fc.property(
      anyRows(SIZE, { minLength: 1, maxLength: 60 }),
      anyHotwords,
      fc.infiniteStream(fc.nat(7)),
      (rows, hotwords, splits) => {
        const logProbs = normalised(rows);
        const whole = search(hotwords, USUAL);
        whole.accept(logProbs, rows.length);
        const split = search(hotwords, USUAL);
        for (let step = 0; step < rows.length; ) {
          const count = Math.min(rows.length - step, splits.next().value as number);
          split.accept(logProbs, count, step * SIZE);
          step += count;
        }
        assert.deepEqual(split.nBest(4), whole.nBest(4));
      },
    ),
  );
});

test('stable words never shrink, and every later best begins with them, the last one too', () => {
  fc.assert(
    fc.property(
      anyRows(SIZE, { minLength: 1, maxLength: 80 }),
      anyHotwords,
      fc.constantFrom(1, 5),
      (rows, hotwords, stableAfterSteps) => {
        const logProbs = normalised(rows);
        const decoder = search(hotwords, { ...USUAL, stableAfterSteps });
        let settled: string[] = [];
        const look = () => {
          const words = decoder.best().words.map(({ text }) => text);
          assert.deepEqual(words.slice(0, settled.length), settled);
          assert.ok(decoder.stableWords() >= settled.length);
          settled = words.slice(0, decoder.stableWords());
        };
        for (let step = 0; step < rows.length; step += 1) {
          decoder.accept(logProbs, 1, step * SIZE);
          look();
        }
        decoder.end();
        look();
      },
    ),
  );
});

test('a word that neither the lexicon nor the language model has is found, with its times', () => {
  const decoder = search([{ words: [ZED], boost: 8 }], USUAL);
  const { words } = hear(decoder, peaky([2, 0, 3, 3, 2, 0], SIZE));
  assert.deepEqual(
    words.map(({ text, startStep, endStep }) => [text, startStep, endStep]),
    [
      ['be', 0, 0],
      ['zed', 2, 4],
    ],
  );
});

test('the boost decides whether a word is heard that the language model does not expect', () => {
  const logProbs = peaky([3, 1, 2, 2, 0], SIZE, 0.6);
  const heard = [0, 30].map((boost) => textOf(hear(search([{ words: [ZED], boost }], USUAL), logProbs)));
  assert.deepEqual(heard, ['be ab', 'zed']);
});

test('a phrase that is not completed gives its boost back', () => {
  const phrase = { words: [BE, NEW], boost: 30 };
  const logProbs = peaky([2, 0, 2, 0, 3, 1, 0], SIZE);
  const without = hear(new LexiconSearch(resources, USUAL), logProbs);
  const found = hear(search([phrase], USUAL), logProbs);
  assert.equal(textOf(found), textOf(without));
  assert.ok(Math.abs(found.score - without.score) < 1e-9);
});

test('a phrase may begin within another', () => {
  const hotwords = [
    { words: [BE, NEW, ZED], boost: 30 },
    { words: [NEW, NEW], boost: 30 },
  ];
  const found = hear(search(hotwords, USUAL), peaky([2, 1, 0, 1, 0, 1, 0, 1], SIZE));
  assert.equal(textOf(found), 'be new new');
});

test('a hotword that was not said, however high its boost, leaves the words around it as they were', () => {
  const logProbs = peaky([3, 1, 2, 0, 2, 0, 0, 1, 2, 0, 3, 1, 0], SIZE, 0.97);
  const wide = { ...USUAL, beamWidth: 64 };
  const without = textOf(hear(new LexiconSearch(resources, wide), logProbs));
  assert.equal(without, 'ca be bee ab ca');
  for (const word of [ZED, NEW]) {
    assert.equal(textOf(hear(search([{ words: [word], boost: 50 }], wide), logProbs)), without);
  }
});

test('after a reset nothing is left of what was heard', () => {
  fc.assert(
    fc.property(anyRows(SIZE, { minLength: 1, maxLength: 30 }), anyHotwords, (rows, hotwords) => {
      const logProbs = normalised(rows);
      const used = search(hotwords, USUAL);
      hear(used, logProbs);
      used.reset();
      const fresh = search(hotwords, USUAL);
      assert.deepEqual(hear(used, logProbs), hear(fresh, logProbs));
    }),
  );
});
