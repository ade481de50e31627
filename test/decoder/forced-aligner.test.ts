import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Sayings } from '../../agent/decoder/alignment-text.ts';
import { type AlignmentOptions, FORCED, ForcedAligner } from '../../agent/decoder/forced-aligner.ts';

const TOKENS = { blank: 0, size: 4 };
const LENIENT = { fillerPenalty: 2, skipPenalty: 6, skipWordPenalty: 0.5, beam: 200 };

function alignRows(rows: Float32Array, words: readonly Sayings[], options: AlignmentOptions) {
  const aligner = new ForcedAligner(words, TOKENS, options);
  aligner.accept(rows, rows.length / TOKENS.size);
  return aligner.end();
}

/** Rows in which one token of each step is nearly sure. */
function rowsOf(tokens: readonly number[]): Float32Array {
  return Float32Array.from(
    tokens.flatMap((token) => Array.from({ length: TOKENS.size }, (_, i) => (i === token ? -0.1 : -4))),
  );
}

/** First and last step of each word. */
function spans(tokens: readonly number[], words: readonly Sayings[], options: AlignmentOptions = FORCED) {
  return alignRows(rowsOf(tokens), words, options)?.map((word) => word && [word.startStep, word.endStep]);
}

test('dates words by their first and last token, blanks within them included', () => {
  assert.deepEqual(spans([0, 1, 0, 2, 2, 0, 3, 0], [[[1, 2]], [[3]]]), [
    [1, 4],
    [6, 6],
  ]);
});

test('takes the way to say a word that was said, and tells how well it fits', () => {
  const words = alignRows(rowsOf([3, 0, 0, 1]), [[[1, 2], [3]], [[2]]], FORCED);
  assert.deepEqual(
    words?.map((word) => word && { ...word, score: Math.round(word.score * 10) / 10 }),
    [
      { startStep: 0, endStep: 0, score: 0, tokens: 1 },
      { startStep: 3, endStep: 3, score: -3.9, tokens: 1 },
    ],
  );
});

test('parts equal tokens by a blank, from word to word too', () => {
  assert.deepEqual(spans([1, 1, 0, 1], [[[1]], [[1]]]), [
    [0, 1],
    [3, 3],
  ]);
});

test('finds nothing when there are fewer steps than tokens, unless words may be left out', () => {
  assert.equal(spans([1], [[[1, 2]]]), undefined);
  assert.equal(spans([], [[[1]]]), undefined);
  assert.deepEqual(spans([1], [[[1, 2]]], LENIENT), [null]);
});

test('passes over speech that is not in the text, before, between and behind', () => {
  assert.deepEqual(spans([3, 0, 2, 1, 0, 2, 3, 0, 3, 0, 2, 2], [[[1]], [[3, 2]]], LENIENT), [
    [3, 3],
    [8, 11],
  ]);
});

test('leaves out words that were not said, and finds the text behind them', () => {
  const long: Sayings[] = Array.from({ length: 9 }, () => [[3, 2, 3]]);
  assert.deepEqual(spans([0, 1, 2, 0, 1, 3], [[[1, 2]], ...long, [[1, 3]]], LENIENT), [
    [1, 2],
    ...long.map(() => null),
    [4, 5],
  ]);
});

/** Every path through the text that spells it, tried one after the other. */
function bestByTrial(rows: Float32Array, words: readonly Sayings[], options: AlignmentOptions): number {
  const steps = rows.length / TOKENS.size;
  const emit = (step: number, token: number) => {
    const row = rows.subarray(step * TOKENS.size, (step + 1) * TOKENS.size);
    return row[token]! - Math.max(...row);
  };
  const score = (step: number, word: number, after: number): number => {
    if (word === words.length && step === steps) return 0;
    let best = Number.NEGATIVE_INFINITY;
    if (step < steps) {
      const filler = Math.max(emit(step, 0), -options.fillerPenalty);
      best = filler + score(step + 1, word, 0);
    }
    for (const way of words[word] ?? []) {
      if (way[0] !== after) best = Math.max(best, within(step, word, { way, at: 0 }));
    }
    for (let next = word + 1; next <= words.length; next += 1) {
      const cost = options.skipPenalty + options.skipWordPenalty * (next - word);
      best = Math.max(best, score(step, next, 0) - cost);
    }
    return best;
  };
  const within = (
    step: number,
    word: number,
    { way, at }: { way: readonly number[]; at: number },
  ): number => {
    if (step === steps) return Number.NEGATIVE_INFINITY;
    const token = way[at]!;
    let best = emit(step, token) + within(step + 1, word, { way, at });
    if (at === way.length - 1) return Math.max(best, emit(step, token) + score(step + 1, word + 1, token));
    let blanks = emit(step, token);
    for (let next = step + 1; next < steps; next += 1) {
      if (next > step + 1 || way[at + 1] !== token) {
        best = Math.max(best, blanks + within(next, word, { way, at: at + 1 }));
      }
      blanks += emit(next, 0);
    }
    return best;
  };
  return score(0, 0, 0);
}

/** What the found alignment costs: its words, what is between them, and the words left out. */
function costOf(
  rows: Float32Array,
  words: ReturnType<ForcedAligner['end']>,
  options: AlignmentOptions,
): number {
  if (words === null) return Number.NEGATIVE_INFINITY;
  const covered = new Set<number>();
  let total = 0;
  let skipping = false;
  for (const word of words) {
    if (word === null) total -= options.skipWordPenalty + (skipping ? 0 : options.skipPenalty);
    else {
      total += word.score;
      for (let step = word.startStep; step <= word.endStep; step += 1) covered.add(step);
    }
    skipping = word === null;
  }
  for (let step = 0; step < rows.length / TOKENS.size; step += 1) {
    const row = rows.subarray(step * TOKENS.size, (step + 1) * TOKENS.size);
    if (!covered.has(step)) total += Math.max(row[0]! - Math.max(...row), -options.fillerPenalty);
  }
  return total;
}

const way = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 });
const text = fc.array(fc.array(way, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 });
const logProbs = fc.array(
  fc.array(fc.double({ min: -8, max: 0, noNaN: true }), { minLength: TOKENS.size, maxLength: TOKENS.size }),
  { maxLength: 6 },
);

for (const [name, options] of [
  ['forced', FORCED],
  ['lenient', { ...LENIENT, beam: Number.POSITIVE_INFINITY }],
] as const) {
  test(`finds the best of all alignments, ${name}, for any chunking`, () => {
    fc.assert(
      fc.property(logProbs, text, (steps, words) => {
        const rows = Float32Array.from(steps.flat());
        const best = bestByTrial(rows, words, options);
        const found = alignRows(rows, words, options);
        assert.ok(
          best === costOf(rows, found, options) || Math.abs(best - costOf(rows, found, options)) < 1e-4,
        );
        const aligner = new ForcedAligner(words, TOKENS, options);
        for (const row of steps) aligner.accept(Float32Array.from(row), 1);
        assert.deepEqual(aligner.end(), found);
      }),
      { numRuns: 300 },
    );
  });
}

test('keeps only the words of paths that are alive', () => {
  const words: Sayings[] = Array.from({ length: 60 }, (_, i) => [[1 + (i % 3), 1 + ((i + 1) % 3)]]);
  const said = words.flatMap(([tokens]) => [0, ...tokens!]);
  const aligner = new ForcedAligner(words, TOKENS, { ...LENIENT, beam: 30 });
  for (let round = 0; round < 20; round += 1) {
    aligner.accept(rowsOf(round === 0 ? said : [0, 0, 0, 0]), round === 0 ? said.length : 4);
  }
  assert.ok(aligner.linkCount <= 2 * words.length, `${aligner.linkCount} links`);
});
