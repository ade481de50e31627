import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Ranking } from '../../agent/decoder/ranking.ts';

test('it keeps the best in order, and of equals the first offered', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5, max: 5 })),
      fc.integer({ min: 1, max: 6 }),
      (scores, width) => {
        const ranking = new Ranking(width);
        scores.forEach((score, i) => {
          ranking.offer(score, i, i % 3);
        });
        const expected = scores
          .map((score, i) => ({ score, i }))
          .sort((a, b) => b.score - a.score || a.i - b.i)
          .slice(0, width);
        assert.equal(ranking.size, expected.length);
        expected.forEach(({ score, i }, rank) => {
          assert.equal(ranking.score[rank], score);
          assert.equal(ranking.entry[rank], i);
          assert.equal(ranking.token[rank], i % 3);
        });
      },
    ),
  );
});

test('what has no probability is not taken', () => {
  const ranking = new Ranking(2);
  ranking.offer(Number.NEGATIVE_INFINITY, 0, 0);
  ranking.offer(Number.NaN, 0, 0);
  assert.equal(ranking.size, 0);
});

test('cut drops what is too far below the best', () => {
  const ranking = new Ranking(4);
  for (const score of [-1, -3, -3.5, -9]) ranking.offer(score, 0, 0);
  ranking.cut(-2.5);
  assert.equal(ranking.size, 3);
});
