import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SearchCandidates } from '../../agent/decoder/search-candidates.ts';

test('of candidates with the same state and place the best is kept, and of all the best within the beam', () => {
  const offer = fc.record({ state: fc.nat(40), place: fc.nat(40), score: fc.integer({ min: -60, max: 0 }) });
  const candidates = new SearchCandidates(-30);
  fc.assert(
    fc.property(
      fc.array(offer, { minLength: 1, maxLength: 3000 }),
      fc.integer({ min: 1, max: 50 }),
      (offers, width) => {
        candidates.clear();
        const best = new Map<string, number>();
        offers.forEach(({ state, place, score }, entry) => {
          candidates.offered[0] = score;
          candidates.offer(state, place, entry);
          const key = `${state} ${place}`;
          best.set(key, Math.max(best.get(key) ?? Number.NEGATIVE_INFINITY, score));
        });
        const kept = candidates.select(width);
        const order = [...candidates.order.subarray(0, kept)];
        const scores = order.map((at) => candidates.score[at]!);
        const wanted = [...best.values()].sort((a, b) => b - a);
        const within = wanted.filter((score) => score >= wanted[0]! - 30).slice(0, width);
        assert.equal(scores[0], wanted[0]);
        assert.deepEqual(
          scores.sort((a, b) => b - a),
          within,
        );
        for (const at of order) {
          const from = offers[candidates.entry[at]!]!;
          assert.deepEqual(
            [from.state, from.place, from.score],
            [candidates.state[at], candidates.place[at], candidates.score[at]],
          );
        }
      },
    ),
    { numRuns: 50 },
  );
});
