import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../agent/evaluation/random.ts';
import { SpeechExtent } from '../../agent/evaluation/speech-extent.ts';

const RATE = 16000;

/** Noise of one amplitude per stretch, `[seconds, amplitude]`. */
function noise(...stretches: readonly (readonly [number, number])[]): Int16Array {
  const random = seededRandom(1);
  return Int16Array.from(
    stretches.flatMap(([seconds, amplitude]) =>
      Array.from({ length: seconds * RATE }, () => (random() * 2 - 1) * amplitude),
    ),
  );
}

function endOf(samples: Int16Array, pieceSamples = samples.length): number | null {
  const extent = new SpeechExtent(RATE);
  for (let at = 0; at < samples.length; at += pieceSamples)
    extent.accept(samples.subarray(at, at + pieceSamples));
  return extent.endSeconds;
}

test('finds the end of loud sound before quiet', () => {
  assert.equal(endOf(noise([0.5, 20], [1, 5000], [0.5, 20]))?.toFixed(2), '1.50');
});

test('takes a soft ending for speech, and a click for none', () => {
  assert.equal(endOf(noise([0.5, 20], [1, 8000], [0.2, 500], [0.5, 20]))?.toFixed(2), '1.70');
  assert.equal(endOf(noise([0.5, 20], [1, 8000], [0.3, 20], [0.015, 9000], [0.5, 20]))?.toFixed(2), '1.50');
});

test('says the end of the recording where there is no silence after the speech', () => {
  assert.equal(endOf(noise([0.5, 20], [1, 5000]))?.toFixed(2), '1.50');
});

test('does not depend on how the samples are split', () => {
  const samples = noise([0.5, 20], [0.7, 5000], [0.5, 20]);
  assert.equal(endOf(samples, 97), endOf(samples));
});

test('knows no end of silence', () => {
  assert.equal(endOf(new Int16Array(RATE)), null);
  assert.equal(endOf(new Int16Array(0)), null);
});
