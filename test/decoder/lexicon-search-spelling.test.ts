import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Hypothesis } from '../../agent/decoder/decoder.ts';
import { HotwordTree } from '../../agent/decoder/hotword-tree.ts';
import { LexiconSearch, type LexiconSearchOptions } from '../../agent/decoder/lexicon-search.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { WordSpellings } from '../../agent/decoder/word-spellings.ts';
import { anyRows, normalised, peaky } from './log-probs.ts';
import { lexicon, model, NOTHING_PRUNED, resources, SIZE, USUAL } from './tiny-lexicon-search.ts';

const LETTERS = TokenTable.parse('<blank>\n▁\na\nb\nc\ne\nn\nw', { blank: 0, wordBoundary: '▁' });
const WIDTH = SIZE + LETTERS.size;
const SPELLING = { weight: 0.5, letterBonus: 1 };
/** Every word is doubted, and any letters will do. */
const ANY_LETTERS = { maxConfidence: 1, minLetterProbability: 0 };
const spelled = { ...resources, spellings: new WordSpellings(lexicon.size, LETTERS) };

function search(
  options: Partial<LexiconSearchOptions> = {},
  hotwords: HotwordTree | null = null,
): LexiconSearch {
  return new LexiconSearch(spelled, { ...USUAL, spelling: SPELLING, ...options }, hotwords);
}

const textOf = ({ words }: Hypothesis) => words.map(({ text }) => text).join(' ');

/** Rows of phonemes, and of letters beside them. */
function sideBySide(phonemes: Float32Array, letters: Float32Array): Float32Array {
  const steps = phonemes.length / SIZE;
  const rows = new Float32Array(steps * WIDTH);
  for (let step = 0; step < steps; step += 1) {
    rows.set(phonemes.subarray(step * SIZE, (step + 1) * SIZE), step * WIDTH);
    rows.set(letters.subarray(step * LETTERS.size, (step + 1) * LETTERS.size), step * WIDTH + SIZE);
  }
  return rows;
}

/** Random rows of both heads. */
function anyBoth(lengths: { minLength: number; maxLength: number }) {
  return fc.tuple(anyRows(SIZE, lengths), anyRows(LETTERS.size, lengths)).map(([phonemes, letters]) => {
    const steps = Math.min(phonemes.length, letters.length);
    return {
      steps,
      rows: sideBySide(normalised(phonemes.slice(0, steps)), normalised(letters.slice(0, steps))),
    };
  });
}

/** Rows in which these letters are heard, one a step; "-" is the blank. */
function written(text: string): Float32Array {
  const ids = new Map(Array.from({ length: LETTERS.size }, (_, id) => [LETTERS.token(id), id]));
  return peaky(
    [...text].map((letter) => (letter === '-' ? 0 : ids.get(letter)!)),
    LETTERS.size,
  );
}

test('letters decide between words that sound the same', () => {
  const heard = (letters: string) => {
    const decoder = search({ languageModelWeight: 0.1 });
    decoder.accept(sideBySide(peaky([0, 2, 0, 0, 0, 0, 0, 0], SIZE), written(letters)), 8);
    decoder.end();
    return textOf(decoder.best());
  };
  assert.equal(heard('-be-----'), 'be');
  assert.equal(heard('-be-e---'), 'bee');
});

test('letters have no say without a weight, and the rows are those of the phonemes alone', () => {
  const decoder = search({ spelling: null });
  assert.equal(decoder.rowLength, SIZE);
  assert.equal(search().rowLength, WIDTH);
  const logProbs = peaky([0, 3, 3, 1, 0, 0, 1, 2, 0], SIZE);
  const plain = new LexiconSearch(resources, USUAL);
  for (const each of [decoder, plain]) {
    each.accept(logProbs, 9);
    each.end();
  }
  assert.deepEqual(decoder.nBest(5), plain.nBest(5));
});

test('the score of a hypothesis is that of its phonemes, and what all its letters say', () => {
  // "ab", spelled as it sounds; nothing is in doubt
  const letters = written('-a-b--------');
  const rows = sideBySide(peaky([0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0], SIZE), letters);
  const scoreOf = (spelling: LexiconSearchOptions['spelling']) => {
    const decoder = search({ ...NOTHING_PRUNED, spelling });
    decoder.accept(spelling === null ? peaky([0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0], SIZE) : rows, 12);
    decoder.end();
    assert.equal(textOf(decoder.best()), 'ab');
    return decoder.best().score;
  };
  // 12 steps of 0.9, but for the little that other alignments have
  const expected = SPELLING.weight * (12 * Math.log(0.9) + 2 * SPELLING.letterBonus);
  assert.ok(Math.abs(scoreOf(SPELLING) - scoreOf(null) - expected) < 0.2);
});

test('a word that the lexicon lacks is spelled, where the search is unsure and the letters are not', () => {
  const heard = (spelling: LexiconSearchOptions['spelling']) => {
    const decoder = search({ spelling, stableAfterSteps: 8 });
    const sounds = peaky([0, 3, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], SIZE);
    decoder.accept(sideBySide(sounds, written('-waben--------------')), 20);
    const before = textOf(decoder.best());
    decoder.end();
    assert.equal(textOf(decoder.best()), before);
    return { text: before, stable: decoder.stableWords() };
  };
  assert.equal(heard(SPELLING).text, 'cab');
  assert.deepEqual(heard({ ...SPELLING, unknownWords: ANY_LETTERS }), { text: 'waben', stable: 1 });
  assert.equal(heard({ ...SPELLING, unknownWords: { ...ANY_LETTERS, maxConfidence: 0 } }).text, 'cab');
});

test('alternatives differ also where letters spell a word in place of several', () => {
  fc.assert(
    fc.property(anyBoth({ minLength: 4, maxLength: 30 }), ({ rows, steps }) => {
      const decoder = search({ spelling: { ...SPELLING, unknownWords: ANY_LETTERS } });
      decoder.accept(rows, steps);
      const texts = decoder.nBest(6).map(textOf);
      assert.equal(new Set(texts).size, texts.length);
    }),
  );
});

test('any split of the steps gives the same hypotheses', () => {
  fc.assert(
    fc.property(
      anyBoth({ minLength: 1, maxLength: 60 }),
      fc.infiniteStream(fc.nat(7)),
      ({ rows, steps }, splits) => {
        const spelling = { ...SPELLING, unknownWords: ANY_LETTERS };
        const whole = search({ spelling });
        whole.accept(rows, steps);
        whole.end();
        const split = search({ spelling });
        for (let step = 0; step < steps; ) {
          const count = Math.min(steps - step, splits.next().value as number);
          split.accept(rows, count, step * WIDTH);
          step += count;
        }
        split.end();
        assert.deepEqual(split.nBest(4), whole.nBest(4));
      },
    ),
  );
});

test('stable words never shrink, and every later best begins with them, the last one too', () => {
  fc.assert(
    fc.property(
      anyBoth({ minLength: 1, maxLength: 80 }),
      fc.constantFrom(2, 4, 16),
      fc.constantFrom(1, 5, Number.POSITIVE_INFINITY),
      fc.record({
        stableCertainty: fc.constantFrom(0.6, 0.95, 1),
        spelling: fc.constantFrom(SPELLING, { ...SPELLING, unknownWords: ANY_LETTERS }),
      }),
      ({ rows, steps }, beamWidth, stableAfterSteps, others) => {
        const decoder = search({ beamWidth, stableAfterSteps, ...others });
        let settled: string[] = [];
        const check = () => {
          const texts = decoder.nBest(100).map(({ words }) => words.map(({ text }) => text));
          for (const words of texts) assert.deepEqual(words.slice(0, settled.length), settled);
          return texts[0]!;
        };
        for (let step = 0; step < steps; step += 1) {
          decoder.accept(rows, 1, step * WIDTH);
          const best = check();
          const stable = decoder.stableWords();
          assert.ok(stable >= settled.length);
          settled = best.slice(0, stable);
        }
        decoder.end();
        check();
      },
    ),
  );
});

test('after a reset nothing is left of what was heard', () => {
  fc.assert(
    fc.property(anyBoth({ minLength: 1, maxLength: 30 }), ({ rows, steps }) => {
      const used = search();
      used.accept(rows, steps);
      used.end();
      used.reset();
      used.accept(rows, steps);
      const fresh = search();
      fresh.accept(rows, steps);
      assert.deepEqual(used.nBest(5), fresh.nBest(5));
    }),
  );
});

test('a hotword that the lexicon lacks is not spelled otherwise', () => {
  const sayings = [[3, 1, 2]];
  const hotwords = new HotwordTree([{ boost: 9, words: [{ text: 'wabe', sayings }] }], {
    lexicon,
    model,
    languageModelWeight: 0,
  });
  const decoder = search({ spelling: { weight: 0, letterBonus: 0, unknownWords: ANY_LETTERS } }, hotwords);
  decoder.accept(sideBySide(peaky([0, 3, 1, 2, 0, 0, 0], SIZE), written('-waben-')), 7);
  decoder.end();
  assert.equal(textOf(decoder.best()), 'wabe');
});

test('hotwords are judged by their letters too, those that the lexicon lacks as well', () => {
  const hotwords = new HotwordTree([{ boost: 0, words: [{ text: 'bea', sayings: [[2]] }] }], {
    lexicon,
    model,
    languageModelWeight: 0,
  });
  const heard = (letters: string) => {
    const decoder = search({ languageModelWeight: 0 }, hotwords);
    decoder.accept(sideBySide(peaky([0, 2, 0, 0, 0, 0, 0, 0], SIZE), written(letters)), 8);
    decoder.end();
    return textOf(decoder.best());
  };
  assert.equal(heard('-be-a---'), 'bea');
  assert.equal(heard('-be-e---'), 'bee');
});
