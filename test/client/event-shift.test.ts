import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shiftEvent } from '../../agent/client/event-shift.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';

const FINAL: Final = {
  type: 'final',
  segment: 1,
  text: 'lamp on',
  words: [{ text: 'lamp', start: 0.5, end: 1, confidence: 1 }],
  confidence: 1,
  start: 0.5,
  end: 2,
  reason: 'endpoint',
  alternatives: [
    { text: 'lamb', words: [{ text: 'lamb', start: 0.5, end: 1, confidence: 1 }], confidence: 1 },
  ],
  intent: { name: 'Light', slots: [{ name: 'state', value: 'on', text: 'on', start: 1, end: 2 }] },
};

test('every time of an event counts from the beginning of the stream', () => {
  const shifted = shiftEvent(FINAL, { seconds: 10, segment: 3 }) as Final;
  const { segment, start, end, words, alternatives, intent } = shifted;
  assert.deepEqual([segment, start, end], [4, 10.5, 12]);
  assert.deepEqual([words[0]?.start, words[0]?.end], [10.5, 11]);
  assert.equal(alternatives?.[0]?.words[0]?.start, 10.5);
  assert.deepEqual([intent?.slots[0]?.start, intent?.slots[0]?.end], [11, 12]);
  assert.deepEqual(shiftEvent({ type: 'speech-end', time: 2 }, { seconds: 10, segment: 3 }), {
    type: 'speech-end',
    time: 12,
  });
});

test('in the first session of a stream events stay as they are', () => {
  assert.equal(shiftEvent(FINAL, { seconds: 0, segment: 0 }), FINAL);
});
