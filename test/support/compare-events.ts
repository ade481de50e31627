import assert from 'node:assert/strict';
import type { TranscriptEvent } from '../../agent/transcript/transcript-event.ts';

/** Batches of other sizes add in another order, which moves log-probabilities by some 1e-6. */
const CONFIDENCE_TOLERANCE = 0.01;

/** Asserts that two runs gave the same events: everything equal, confidences but for the model's arithmetic. */
export function assertSameEvents(
  got: readonly TranscriptEvent[],
  expected: readonly TranscriptEvent[],
  message?: string,
): void {
  const [left, right] = [split(got), split(expected)];
  assert.deepEqual(left.rest, right.rest, message);
  for (const [i, confidence] of left.confidences.entries()) {
    const difference = Math.abs(confidence - right.confidences[i]!);
    assert.ok(difference <= CONFIDENCE_TOLERANCE, `${message ?? ''} a confidence differs by ${difference}`);
  }
}

/** The confidences in the order in which they appear, and the events without them. */
function split(events: readonly TranscriptEvent[]): { rest: unknown; confidences: number[] } {
  const confidences: number[] = [];
  const text = JSON.stringify(events, (key, value) => {
    if (key !== 'confidence') return value;
    confidences.push(value);
    return undefined;
  });
  return { rest: JSON.parse(text), confidences };
}
