import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LetterRows } from '../../agent/decoder/letter-rows.ts';
import { SpellingColumns } from '../../agent/decoder/spelling-columns.ts';
import { SpellingSums } from '../../agent/decoder/spelling-sums.ts';
import { WordLinks } from '../../agent/decoder/word-links.ts';
import { anyRows, collapse, normalised } from './log-probs.ts';

const SIZE = 3;
const BLANK = 0;
const REACH = 8;
/** Any link: what it stands for does not matter here. */
const LINK = 7;

const tokenLists = fc.array(fc.integer({ min: 1, max: SIZE - 1 }), { minLength: 1, maxLength: 4 });

function rowsOf(logProbs: Float32Array): LetterRows {
  const rows = new LetterRows(SIZE, REACH);
  for (let at = 0; at < logProbs.length; at += SIZE) rows.accept(logProbs, at);
  return rows;
}

/** Sum of the probabilities of the alignments whose tokens `counts` accepts, by going through all of them. */
function bruteForce(logProbs: Float32Array, counts: (tokens: readonly number[]) => boolean): number {
  const steps = logProbs.length / SIZE;
  let sum = 0;
  for (let n = 0; n < SIZE ** steps; n += 1) {
    const path = Array.from({ length: steps }, (_, step) => Math.floor(n / SIZE ** step) % SIZE);
    if (!counts(collapse(path, BLANK))) continue;
    sum += Math.exp(path.reduce((total, token, step) => total + logProbs[step * SIZE + token]!, 0));
  }
  return sum;
}

const beginsWith = (tokens: readonly number[]) => (found: readonly number[]) =>
  tokens.every((token, i) => found[i] === token);
const is = (tokens: readonly number[]) => (found: readonly number[]) =>
  found.length === tokens.length && beginsWith(tokens)(found);

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
}

test('sums over all alignments, of a whole spelling and of one that may go on', () => {
  fc.assert(
    fc.property(anyRows(SIZE, { minLength: 1, maxLength: 6 }), tokenLists, (rows, tokens) => {
      const logProbs = normalised(rows);
      const sums = new SpellingSums(rowsOf(logProbs), BLANK);
      sums.begin(new SpellingColumns(REACH), WordLinks.EMPTY, rows.length - 1);
      close(Math.exp(sums.whole()), bruteForce(logProbs, is([])));
      for (const token of tokens) sums.spell(token);
      close(sums.entered, bruteForce(logProbs, beginsWith(tokens)));
      close(Math.exp(sums.whole()), bruteForce(logProbs, is(tokens)));
    }),
  );
});

test('goes on from the sums that were kept of the words before, blanks and all', () => {
  fc.assert(
    fc.property(
      anyRows(SIZE, { minLength: 2, maxLength: 6 }),
      tokenLists,
      tokenLists,
      fc.nat(),
      (rows, before, tokens, seed) => {
        const logProbs = normalised(rows);
        const sums = new SpellingSums(rowsOf(logProbs), BLANK);
        const columns = new SpellingColumns(REACH);
        const heard = seed % rows.length;
        sums.begin(columns, WordLinks.EMPTY, heard);
        for (const token of before) sums.spell(token);
        fc.pre(sums.keep(columns, LINK, -1));
        sums.begin(columns, LINK, rows.length - 1);
        for (const token of tokens) sums.spell(token);
        // the words before were complete by the step `heard`
        const all = [...before, ...tokens];
        let expected = 0;
        for (let n = 0; n < SIZE ** rows.length; n += 1) {
          const path = Array.from({ length: rows.length }, (_, step) => Math.floor(n / SIZE ** step) % SIZE);
          if (!is(all)(collapse(path, BLANK))) continue;
          if (collapse(path.slice(0, heard + 1), BLANK).length < before.length) continue;
          expected += Math.exp(path.reduce((sum, token, step) => sum + logProbs[step * SIZE + token]!, 0));
        }
        close(Math.exp(sums.whole()), expected);
      },
    ),
  );
});

test('has a window of the rows that are remembered, at whose begin the words before are over', () => {
  const quiet = Array.from({ length: 3 * REACH }, () => [0.9, 0.05, 0.05]);
  const rows = rowsOf(normalised([...quiet, [0.1, 0.8, 0.1]]));
  const sums = new SpellingSums(rows, BLANK);
  sums.begin(new SpellingColumns(REACH), WordLinks.EMPTY, rows.steps - 1);
  assert.equal(sums.to - sums.from, REACH - 1);
  sums.spell(1);
  assert.ok(Math.exp(sums.whole()) > 0.3);
});

test('keeps nothing of a spelling that was not heard at all', () => {
  const rows = new LetterRows(SIZE, REACH);
  rows.accept(Float32Array.of(0, -1e9, -1e9), 0);
  const sums = new SpellingSums(rows, BLANK);
  const columns = new SpellingColumns(REACH);
  sums.begin(columns, WordLinks.EMPTY, 0);
  sums.spell(1);
  assert.equal(sums.keep(columns, LINK, 0), false);
  sums.restart(-5);
  assert.equal(sums.keep(columns, LINK, 0), true);
  sums.begin(columns, LINK, 0);
  assert.equal(sums.whole(), -5);
});
