import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AlignmentPool } from '../../agent/decoder/alignment-pool.ts';
import { PrefixExpansion } from '../../agent/decoder/prefix-expansion.ts';
import { PrefixTrie } from '../../agent/decoder/prefix-trie.ts';
import { anyRows, letterTable, normalised } from './log-probs.ts';

const SIZE = 5;
const OPTIONS = { beamWidth: 6, tokenMinLogProb: -9, beamMinLogProb: -10 };

function create(): PrefixExpansion {
  return new PrefixExpansion(letterTable(SIZE), OPTIONS, { trie: new PrefixTrie(), scorer: null });
}

/** Alignments that something in the beam leads to. */
function reachable({ beam, alignments }: PrefixExpansion): number {
  const found = new Set<number>();
  for (let i = 0; i < beam.size; i += 1) {
    for (let at of [beam.alignBlank[i]!, beam.alignToken[i]!]) {
      for (; at !== AlignmentPool.EMPTY; at = alignments.previous[at]!) found.add(at);
    }
  }
  return found.size;
}

test('no alignment leaks or is given back too early, also when prefixes are dropped', () => {
  fc.assert(
    fc.property(
      anyRows(SIZE, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 2, max: 20 }),
      (rows, every) => {
        const logProbs = normalised(rows);
        const expansion = create();
        for (let step = 0; step < rows.length; step += 1) {
          expansion.accept(logProbs, step * SIZE);
          if (step % every === 0) expansion.restrictTo(expansion.beam.node[0]!);
          assert.equal(expansion.alignments.size, reachable(expansion));
        }
      },
    ),
  );
});

test('restrictTo keeps the prefixes that begin with the given one, in their order', () => {
  const expansion = create();
  expansion.accept(normalised([[1, 5, 4, 1, 1]]), 0);
  expansion.accept(normalised([[3, 1, 1, 4, 2]]), 0);
  const { beam, trie } = expansion;
  const prefixes = () => Array.from(beam.node.subarray(0, beam.size), (node) => trie.tokens(node));
  const expected = prefixes().filter(([first]) => first === 1);
  const node = trie.find(PrefixTrie.ROOT, 1);
  expansion.restrictTo(node);
  assert.ok(expected.length > 1);
  assert.deepEqual(prefixes(), expected);
  assert.equal(trie.commonAncestor(PrefixTrie.ROOT), node);
});

test('memory does not grow with the number of steps', () => {
  const expansion = create();
  const logProbs = normalised(
    Array.from({ length: 400 }, (_, step) =>
      Array.from({ length: SIZE }, (_, i) => 1 + ((step * 7 + i * 13) % 11)),
    ),
  );
  const capacities: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    for (let step = 0; step < 400; step += 1) expansion.accept(logProbs, step * SIZE);
    expansion.clear();
    capacities.push(expansion.alignments.step.length, expansion.trie.token.length);
  }
  assert.deepEqual(capacities.slice(-2), capacities.slice(0, 2));
});
