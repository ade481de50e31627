import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APART_STEPS, PhraseEvidence } from '../../agent/decoder/phrase-evidence.ts';
import { PhrasePath } from '../../agent/decoder/phrase-path.ts';
import { RecentBest } from '../../agent/decoder/recent-best.ts';
import type { SpokenPhrase } from '../../agent/decoder/wake-phrase.ts';
import { peaky } from './log-probs.ts';

const [SOUNDS, LETTERS] = [5, 4];
const HEADS = { sounds: { blank: 0, size: SOUNDS }, letters: { blank: 0, size: LETTERS } };
const PHRASE = { text: 'ab', threshold: 0.5, sayings: [[1, 2]], spelling: [3, 1] };

/** Rows of both heads side by side. */
function rowsOf(sounds: readonly number[], letters: readonly number[]): Float32Array {
  const [left, right] = [peaky(sounds, SOUNDS), peaky(letters, LETTERS, 0.8)];
  return Float32Array.from(
    sounds.flatMap((_, i) => [
      ...left.subarray(i * SOUNDS, (i + 1) * SOUNDS),
      ...right.subarray(i * LETTERS, (i + 1) * LETTERS),
    ]),
  );
}

/** The score after each step. */
function scoresOf(rows: Float32Array, weight: number, phrase: SpokenPhrase = PHRASE) {
  const evidence = new PhraseEvidence(phrase, HEADS, weight);
  const scores: { score: number; age: number }[] = [];
  for (let row = 0; row < rows.length; row += SOUNDS + LETTERS) {
    evidence.accept(rows, row, 0, 0);
    scores.push({ score: evidence.score, age: evidence.age });
  }
  return scores;
}

/** Log-probability per token of the best alignment that ends with the last step. */
function alone(tokens: readonly number[], path: readonly number[], size: number, peak: number): number {
  const [rows, phrase] = [peaky(path, size, peak), new PhrasePath(tokens, 0)];
  let score = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < path.length; step += 1) score = phrase.accept(rows, step * size, 0);
  return score;
}

test('sounds and letters that are heard apart count together, with the step of the last sound', () => {
  const rows = rowsOf([0, 1, 2, 0, 0, 0, 0], [0, 0, 0, 3, 3, 1, 0]);
  const sound = alone([1, 2], [0, 1, 2], SOUNDS, 0.9);
  const spelling = alone([3, 1], [0, 0, 0, 3, 3, 1], LETTERS, 0.8);
  const { score, age } = scoresOf(rows, 0.25)[5]!;
  assert.ok(Math.abs(score - (0.75 * sound + 0.25 * spelling)) < 1e-6);
  assert.equal(age, 3);
});

test('letters that come too long after the sounds do not help them', () => {
  const silence = Array<number>(APART_STEPS).fill(0);
  const near = rowsOf([1, 2, 0, 0], [0, 0, 3, 1]);
  const far = rowsOf([1, 2, ...silence, 0], [0, 0, ...silence.slice(1), 3, 1]);
  const best = (rows: Float32Array) => Math.max(...scoresOf(rows, 0.5).map(({ score }) => score));
  assert.ok(best(near) > best(far) + 1);
});

test('without a weight or a spelling the sounds of the step alone count', () => {
  const rows = rowsOf([0, 1, 2, 0], [3, 1, 0, 0]);
  const sounds = [0, 1, 2, 0].map((_, i, path) => alone([1, 2], path.slice(0, i + 1), SOUNDS, 0.9));
  const isSounds = ({ score, age }: { score: number; age: number }, i: number) =>
    age === 0 && (score === sounds[i] || Math.abs(score - sounds[i]!) < 1e-6);
  assert.ok(scoresOf(rows, 0).every(isSounds));
  assert.ok(scoresOf(rows, 0.5, { ...PHRASE, spelling: null }).every(isSounds));
});

test('the best of the last scores is forgotten when it is too old, and the latest of equals counts', () => {
  const recent = new RecentBest(3);
  const seen = [5, 1, 2, 3, 3, 0, 0, 0].map((score) => {
    recent.push(score);
    return [recent.best, recent.age];
  });
  assert.deepEqual(seen, [
    [5, 0],
    [5, 1],
    [5, 2],
    [3, 0],
    [3, 0],
    [3, 1],
    [3, 2],
    [0, 0],
  ]);
  recent.clear();
  recent.push(-7);
  assert.deepEqual([recent.best, recent.age], [-7, 0]);
});
