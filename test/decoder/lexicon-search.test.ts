import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Hypothesis } from '../../agent/decoder/decoder.ts';
import { Lexicon } from '../../agent/decoder/lexicon.ts';
import { LexiconSearch, type LexiconSearchOptions } from '../../agent/decoder/lexicon-search.ts';
import { LexiconTree } from '../../agent/decoder/lexicon-tree.ts';
import { buildLexiconTree } from '../../agent/decoder/lexicon-tree-builder.ts';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';
import { UNCALIBRATED } from '../../agent/decoder/word-confidence.ts';
import { parseArpa } from '../../scripts/language-model/arpa.ts';
import { encodeModel } from '../../scripts/language-model/model-file.ts';
import { lexiconFile } from '../support/tiny-lexicon.ts';
import { anyRows, collapse, letterTable, normalised, peaky } from './log-probs.ts';

const NEVER = Number.POSITIVE_INFINITY;
const NOTHING_PRUNED: LexiconSearchOptions = {
  beamWidth: 4096,
  tokenMinLogProb: -1e9,
  beamMinLogProb: -1e9,
  blankPenalty: 0,
  languageModelWeight: 0.7,
  wordBonus: 0.3,
  stableAfterSteps: NEVER,
  calibration: UNCALIBRATED,
};
const USUAL: LexiconSearchOptions = {
  ...NOTHING_PRUNED,
  beamWidth: 6,
  tokenMinLogProb: -9,
  beamMinLogProb: -10,
  stableAfterSteps: 20,
};

/** Homophones ("be", "bee"), a word within words, a word of two pronunciations, and a word that the model lacks. */
const WORDS = 'ab a b\nbe b\nbee b\nbab b a b\nbab b b\nca c a\ncab c a b\nnew a a';

const MODEL = `\\data\\
ngram 1=9
ngram 2=6
ngram 3=2

\\1-grams:
-1.5\t<unk>
-99\t<s>\t-0.4
-0.9\t</s>
-0.8\tab\t-0.3
-1.0\tbe\t-0.2
-1.2\tbee\t-0.1
-0.9\tbab
-1.1\tca\t-0.2
-0.7\tcab\t-0.4

\\2-grams:
-0.2\t<s> be\t-0.15
-0.5\tbe bee\t-0.25
-0.7\tbee be
-0.3\tab </s>
-0.45\tab ca
-0.1\tca be

\\3-grams:
-0.1\t<s> be bee
-0.9\tbe bee be

\\end\\
`;

const SIZE = 4;
const table = letterTable(SIZE);
const lexicon = Lexicon.fromBuffer(lexiconFile(WORDS, ['<blank>', 'a', 'b', 'c']));
const model = NgramModel.fromBuffer(encodeModel(parseArpa(MODEL)));
const tree = new LexiconTree(buildLexiconTree(lexicon, model), SIZE);
const resources = { lexicon, model, tree, tokens: table };

function search(options: LexiconSearchOptions): LexiconSearch {
  return new LexiconSearch(resources, options);
}

const textOf = ({ words }: Hypothesis) => words.map(({ text }) => text).join(' ');

/** The best score of every word sequence, ending included, by going through all alignments and all ways to read them. */
function bruteForce(logProbs: Float32Array, options: LexiconSearchOptions) {
  const { blankPenalty, languageModelWeight, wordBonus } = options;
  const steps = logProbs.length / SIZE;
  const spoken = new Map<string, number>();
  for (let n = 0; n < SIZE ** steps; n += 1) {
    const path = Array.from({ length: steps }, (_, step) => Math.floor(n / SIZE ** step) % SIZE);
    const blanks = path.filter((token) => token === 0).length;
    const sound = path.reduce((sum, token, step) => sum + logProbs[step * SIZE + token]!, 0);
    const score = sound - blankPenalty * blanks;
    const key = collapse(path).join(' ');
    spoken.set(key, Math.max(spoken.get(key) ?? Number.NEGATIVE_INFINITY, score));
  }
  const found = new Map<string, number>();
  for (const [key, acoustic] of spoken) {
    for (const words of readings(key === '' ? [] : key.split(' ').map(Number))) {
      let state = model.start;
      let score = acoustic;
      for (const word of words) {
        const id = model.wordId(word);
        score += languageModelWeight * model.score(state, id) + wordBonus;
        state = model.next(state, id);
      }
      score += languageModelWeight * model.end(state);
      const text = words.join(' ');
      found.set(text, Math.max(found.get(text) ?? Number.NEGATIVE_INFINITY, score));
    }
  }
  return found;
}

/** All ways to read phonemes as words. */
function readings(phonemes: readonly number[]): string[][] {
  if (phonemes.length === 0) return [[]];
  const found: string[][] = [];
  for (let word = 0; word < lexicon.size; word += 1) {
    for (const pronunciation of lexicon.pronunciations(word)) {
      if (!pronunciation.every((phoneme, i) => phonemes[i] === phoneme)) continue;
      const rest = readings(phonemes.slice(pronunciation.length));
      found.push(...rest.map((words) => [lexicon.word(word), ...words]));
    }
  }
  return found;
}

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
      (rows, beamWidth, stableAfterSteps) => {
        const logProbs = normalised(rows);
        const decoder = search({ ...USUAL, beamWidth, stableAfterSteps });
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
