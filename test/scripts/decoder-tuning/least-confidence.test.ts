import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FoundClip, leastConfidence } from '../../../scripts/decoder-tuning/least-confidence.ts';

const clip = (said: string, found: string, confidence: number): FoundClip => ({
  reference: said.split(' '),
  words: found.split(' ').map((text) => ({ text, confidence })),
});

test('as much certainty is asked for as costs no word', () => {
  assert.equal(leastConfidence([clip('yes', 'yes', 0.72), clip('no', 'know', 0.4)]), 0.7);
});

test('right words with little confidence weigh as much as wrong ones', () => {
  const wrong = clip('a b', 'x y z', 0.31);
  assert.equal(leastConfidence([clip('yes', 'yes', 0.2), wrong]), 1, 'one lost, one won');
  assert.equal(leastConfidence([clip('yes', 'yes', 0.2), clip('no', 'no', 0.2), wrong]), 0.2);
});

test('nothing is asked for where any certainty costs words', () => {
  assert.equal(leastConfidence([clip('yes', 'yes', 0.01)]), 0);
});
