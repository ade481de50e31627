import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LexiconBeam } from '../../agent/decoder/lexicon-beam.ts';
import { SpellingEvidence } from '../../agent/decoder/spelling-evidence.ts';
import { WordLinks } from '../../agent/decoder/word-links.ts';
import { WordSpellings } from '../../agent/decoder/word-spellings.ts';
import { anyRows, collapse, letterTable, normalised, peaky } from './log-probs.ts';

/** Blank, a, b and the mark. */
const SIZE = 4;
const [A, B, MARK] = [1, 2, 3];
const TEXTS = ['a', 'b', 'ab', 'aab', 'é'];
const UNSPELLABLE = 4;
const OPTIONS = { weight: 0.5, letterBonus: 0.7 };

/** A beam of one hypothesis whose words, by number, end at some steps. */
function scene(words: readonly { readonly word: number; readonly end: number }[]) {
  const links = new WordLinks();
  let link = WordLinks.EMPTY;
  for (const { word, end } of words) {
    link = links.add(link);
    links.word[link] = word;
    links.end[link] = end;
  }
  const spellings = {
    words: new WordSpellings(TEXTS.length, letterTable(SIZE, { words: true })),
    textOf: (word: number) => TEXTS[word]!,
  };
  const beam = new LexiconBeam(1);
  beam.clear(0);
  beam.link[0] = link;
  return { beam, link, evidence: new SpellingEvidence(links, spellings, OPTIONS) };
}

/** What the evidence adds to the score of the hypothesis up to the end. */
function gainOf(
  logProbs: Float32Array,
  words: readonly { readonly word: number; readonly end: number }[],
): number {
  const { beam, link, evidence } = scene(words);
  for (let at = 0; at < logProbs.length; at += SIZE) {
    evidence.accept(logProbs, at);
    evidence.addTo(beam);
  }
  return beam.score[0]! + evidence.ending(link);
}

/** Natural log of the probability of a spelling, by going through all alignments. */
function logProbability(logProbs: Float32Array, tokens: readonly number[]): number {
  const steps = logProbs.length / SIZE;
  let sum = 0;
  for (let n = 0; n < SIZE ** steps; n += 1) {
    const path = Array.from({ length: steps }, (_, step) => Math.floor(n / SIZE ** step) % SIZE);
    if (collapse(path).join() !== tokens.join()) continue;
    sum += Math.exp(path.reduce((total, token, step) => total + logProbs[step * SIZE + token]!, 0));
  }
  return Math.log(sum);
}

const spell = (words: readonly number[]) =>
  words.flatMap((word, i) => [
    ...(i > 0 ? [MARK] : []),
    ...[...TEXTS[word]!].map((letter) => (letter === 'a' ? A : B)),
  ]);

test('what all words add is the weighted log-probability of the letters, and their bonus', () => {
  fc.assert(
    fc.property(
      // so short that no letter is too late for its word
      anyRows(SIZE, { minLength: 3, maxLength: 5 }),
      fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
      (rows, words) => {
        const logProbs = normalised(rows);
        const expected = logProbability(logProbs, spell(words));
        fc.pre(Number.isFinite(expected));
        const gain = gainOf(
          logProbs,
          words.map((word, i) => ({ word, end: i + 1 })),
        );
        const { weight, letterBonus } = OPTIONS;
        assert.ok(Math.abs(gain - weight * (expected + letterBonus * spell(words).length)) < 1e-5);
      },
    ),
  );
});

test('a word is judged some steps after it, and the same whatever comes later', () => {
  const { beam, evidence } = scene([{ word: 2, end: 4 }]);
  const logProbs = peaky([0, A, 0, B, 0, 0, 0, 0, 0, MARK, A], SIZE);
  const judged: number[] = [];
  for (let step = 0; step < logProbs.length / SIZE; step += 1) {
    evidence.accept(logProbs, step * SIZE);
    if (evidence.addTo(beam)) judged.push(step);
  }
  assert.deepEqual(judged, [8]);
  const { weight, letterBonus } = OPTIONS;
  // hardly anything else was heard
  assert.ok(Math.abs(beam.score[0]! - weight * letterBonus * 2) < 0.5);
});

test('the word that was spelled gains more than one that was not', () => {
  const logProbs = peaky([0, A, 0, B, 0, 0, MARK, 0, B, 0, 0, 0, 0, 0], SIZE);
  const heard = gainOf(logProbs, [
    { word: 2, end: 3 },
    { word: 1, end: 8 },
  ]);
  for (const word of [0, 1, 3]) {
    const other = gainOf(logProbs, [
      { word, end: 3 },
      { word: 1, end: 8 },
    ]);
    assert.ok(heard > other + 0.5);
  }
});

test('a word that the head can not spell says nothing, and what follows it is judged by itself', () => {
  const logProbs = peaky([A, 0, B, B, 0, A, 0, 0, 0, 0, 0, 0, MARK, 0, B, 0, 0, 0, 0, 0], SIZE);
  const after = (word: number) =>
    gainOf(logProbs, [
      { word: UNSPELLABLE, end: 5 },
      { word, end: 14 },
    ]);
  assert.ok(after(1) > after(0) + 0.5);
  assert.ok(after(1) > -2);
});

test('letters that can not be heard leave a finite score', () => {
  const silent = Float32Array.from({ length: 12 * SIZE }, (_, i) => (i % SIZE === 0 ? 0 : -1e9));
  const gain = gainOf(silent, [
    { word: 0, end: 2 },
    { word: 1, end: 5 },
  ]);
  assert.ok(Number.isFinite(gain) && gain < -100);
});

test('after a clear nothing is left of what was heard', () => {
  const { beam, link, evidence } = scene([{ word: 2, end: 3 }]);
  const run = (logProbs: Float32Array) => {
    beam.score[0] = 0;
    evidence.clear();
    for (let at = 0; at < logProbs.length; at += SIZE) {
      evidence.accept(logProbs, at);
      evidence.addTo(beam);
    }
    return beam.score[0]! + evidence.ending(link);
  };
  const first = peaky([0, A, 0, B, 0, 0, 0, 0, 0], SIZE);
  const before = run(first);
  run(peaky([0, B, B, B, A, 0, MARK, 0, A, 0, 0, 0], SIZE));
  assert.equal(run(first), before);
});
