import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinWords, secondsAt, timeWords } from '../../agent/transcript/words.ts';

const clock = { startSeconds: 10, stepSeconds: 0.04, limitSeconds: Number.POSITIVE_INFINITY };

test('a word begins with its first step and ends after its last', () => {
  const words = [
    { text: 'ab', startStep: 2, endStep: 5, confidence: 0.60004 },
    { text: 'b', startStep: 9, endStep: 9, confidence: 1 },
  ];
  assert.equal(joinWords(words), 'ab b');
  assert.deepEqual(timeWords(words, clock), [
    { text: 'ab', start: 10.08, end: 10.24, confidence: 0.6 },
    { text: 'b', start: 10.36, end: 10.4, confidence: 1 },
  ]);
});

test('times are cut to the end of the audio', () => {
  assert.equal(secondsAt({ ...clock, limitSeconds: 10.1 }, 2), 10.08);
  assert.equal(secondsAt({ ...clock, limitSeconds: 10.1 }, 3), 10.1);
});
