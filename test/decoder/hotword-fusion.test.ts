import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CtcPrefixBeamSearch } from '../../agent/decoder/ctc-prefix-beam-search.ts';
import type { SpokenHotword } from '../../agent/decoder/hotword.ts';
import { HotwordAutomaton } from '../../agent/decoder/hotword-automaton.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { anyRows, collapse, letterTable, normalised, peaky } from './log-probs.ts';

/** Blank, a, b, ▁ */
const SIZE = 4;
const MARK = 3;
const table = letterTable(SIZE, { words: true });
const NOTHING_PRUNED = {
  beamWidth: 4096,
  tokenMinLogProb: -1e9,
  beamMinLogProb: -1e9,
  stableAfterSteps: Number.POSITIVE_INFINITY,
};
const NARROW = { beamWidth: 8, tokenMinLogProb: -9, beamMinLogProb: -10, stableAfterSteps: 20 };

/** Hotwords of the letters a and b. */
function spoken(text: string, boost: number): SpokenHotword {
  const sayings = (word: string) => [[MARK, ...[...word].map((letter) => letter.charCodeAt(0) - 96)]];
  return { words: text.split(' ').map((word) => ({ text: word, sayings: sayings(word) })), boost };
}

function hear(logProbs: Float32Array, hotwords: readonly SpokenHotword[], options = NARROW) {
  const automaton = hotwords.length === 0 ? null : new HotwordAutomaton(hotwords, table);
  const search = new CtcPrefixBeamSearch(table, options, null, automaton);
  search.accept(logProbs, logProbs.length / SIZE);
  search.end();
  return search.best();
}

/** Boost of what the automaton sees in tokens. */
function boostOf(hotwords: readonly SpokenHotword[], text: string): number {
  const automaton = new HotwordAutomaton(hotwords, table);
  let [state, gained] = [automaton.start, 0];
  for (const token of [...text].map((letter) => (letter === ' ' ? MARK : letter.charCodeAt(0) - 96))) {
    gained += automaton.gain(state, token, token === MARK);
    state = automaton.next(state, token);
  }
  return gained + automaton.wholeScore(state);
}

test('with nothing pruned the score is that of all alignments and the boosts of the words', () => {
  const list = [spoken('ab', 2), spoken('b', 1)];
  const boosts = new Map([
    ['ab', 2],
    ['b', 1],
  ]);
  fc.assert(
    fc.property(anyRows(SIZE, { minLength: 1, maxLength: 5 }), (rows) => {
      const logProbs = normalised(rows);
      const totals = new Map<string, number>();
      for (let n = 0; n < SIZE ** rows.length; n += 1) {
        const path = rows.map((_, step) => Math.floor(n / SIZE ** step) % SIZE);
        const score = path.reduce((sum, token, step) => sum + logProbs[step * SIZE + token]!, 0);
        const key = collapse(path)
          .map((token) => ' ab '[token]!)
          .join('');
        totals.set(key, (totals.get(key) ?? 0) + Math.exp(score));
      }
      const scores = [...totals].map(([text, probability]) => {
        const words = text.split(' ').filter(Boolean);
        return Math.log(probability) + words.reduce((sum, word) => sum + (boosts.get(word) ?? 0), 0);
      });
      assert.ok(Math.abs(hear(logProbs, list, NOTHING_PRUNED).score - Math.max(...scores)) < 1e-4);
    }),
    { numRuns: 60 },
  );
});

test('a boost is had by whole hotwords only', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['ab', 2],
    ['abb', 0],
    ['bab', 0],
    ['ab ab', 4],
    ['ab  ab ', 4],
    ['a', 0],
  ];
  for (const [text, boost] of cases) assert.equal(boostOf([spoken('ab', 2)], text), boost, text);
});

test('a phrase that breaks off gives its boost back, but for a shorter one that was whole', () => {
  const phrases = [spoken('a b a', 1), spoken('b', 0.5)];
  const cases: readonly (readonly [string, number])[] = [
    ['a b a', 3],
    ['a b b', 1],
    ['a b', 0.5],
    ['a a b a', 3],
    ['a b ab', 0.5],
  ];
  for (const [text, boost] of cases) assert.equal(boostOf(phrases, text), boost, text);
});

test('word pieces that begin a hotword begin it at the start of a text too', () => {
  const pieces = TokenTable.parse('<blank>\n▁a\nb\n▁', { blank: 0, wordBoundary: '▁' });
  const automaton = new HotwordAutomaton([{ words: [{ text: 'ab', sayings: [[1, 2]] }], boost: 2 }], pieces);
  const boost = (tokens: readonly number[]) => {
    let [state, gained] = [automaton.start, 0];
    for (const token of tokens) {
      gained += automaton.gain(state, token, pieces.startsWord(token));
      state = automaton.next(state, token);
    }
    return gained + automaton.wholeScore(state);
  };
  assert.deepEqual([[1, 2], [1, 2, 1, 2], [1, 2, 2], [3, 2], [2], [1, 2, 3]].map(boost), [2, 4, 0, 0, 0, 2]);
});

test('a boost decides between spellings, and is bounded by the length of the word', () => {
  const logProbs = peaky([1, 0, 2, 2, 0, MARK, 0, 1], SIZE, 0.5);
  assert.equal(hear(logProbs, []).words[0]?.text, 'ab');
  assert.equal(hear(logProbs, [spoken('abb', 6)]).words[0]?.text, 'abb');
  assert.ok(boostOf([spoken('a', 50)], 'a') <= 4);
});
