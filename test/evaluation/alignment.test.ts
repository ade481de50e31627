import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { align } from '../../agent/evaluation/alignment.ts';

const words = (text: string) => (text === '' ? [] : text.split(' '));
const kinds = (reference: string, hypothesis: string) =>
  align(words(reference), words(hypothesis))
    .map(({ kind }) => kind[0])
    .join('');

const CASES = [
  ['', '', ''],
  ['a b', 'a b', 'mm'],
  ['a b', '', 'dd'],
  ['', 'a b', 'ii'],
  ['a b c', 'a x c', 'msm'],
  ['a b c', 'a c', 'mdm'],
  ['a c', 'a b c', 'mim'],
  ['the cat sat', 'cat sat down', 'dmmi'],
  ['a b', 'x y z', 'iss'],
] as const;

for (const [reference, hypothesis, expected] of CASES) {
  test(`aligns "${hypothesis}" with "${reference}"`, () =>
    assert.equal(kinds(reference, hypothesis), expected));
}

const sequence = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });

test('keeps every word of both sides, in order', () => {
  fc.assert(
    fc.property(sequence, sequence, (reference, hypothesis) => {
      const pairs = align(reference, hypothesis);
      assert.deepEqual(
        pairs.flatMap((pair) => pair.reference ?? []),
        reference,
      );
      assert.deepEqual(
        pairs.flatMap((pair) => pair.hypothesis ?? []),
        hypothesis,
      );
    }),
  );
});

test('finds the least number of edits', () => {
  fc.assert(
    fc.property(sequence, sequence, (reference, hypothesis) => {
      const edits = align(reference, hypothesis).filter(({ kind }) => kind !== 'match').length;
      assert.equal(edits, recursiveDistance(reference, hypothesis));
    }),
    { numRuns: 50 },
  );
});

/** The definition itself, as slow as it is plain. */
function recursiveDistance(
  a: readonly string[],
  b: readonly string[],
  seen = new Map<string, number>(),
): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const key = `${a.length},${b.length}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  const distance = Math.min(
    recursiveDistance(a.slice(1), b, seen) + 1,
    recursiveDistance(a, b.slice(1), seen) + 1,
    recursiveDistance(a.slice(1), b.slice(1), seen) + (a[0] === b[0] ? 0 : 1),
  );
  seen.set(key, distance);
  return distance;
}
