import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitConfidence, reliability } from '../../../scripts/decoder-tuning/fit-confidence.ts';
import { seededRandom } from '../../support/test-audio.ts';

test('the fit finds the calibration that the words were drawn from', () => {
  const random = seededRandom(3);
  const words = Array.from({ length: 4000 }, () => {
    const logit = 6 * random() - 3;
    const deficit = -2 * random();
    const chance = 1 / (1 + Math.exp(-(0.5 + 0.8 * logit + 0.6 * deficit)));
    return { logit, deficit, correct: random() < chance };
  });
  const { bias, posterior, deficit } = fitConfidence(words);
  assert.ok(Math.abs(bias - 0.5) < 0.25, `bias ${bias}`);
  assert.ok(Math.abs(posterior - 0.8) < 0.15, `posterior ${posterior}`);
  assert.ok(Math.abs(deficit - 0.6) < 0.25, `deficit ${deficit}`);
});

test('the calibration error is the mean distance of confidence and truth', () => {
  const sure = Array.from({ length: 10 }, (_, i) => ({ confidence: 0.95, correct: i < 5 }));
  const unsure = Array.from({ length: 10 }, (_, i) => ({ confidence: 0.5, correct: i < 5 }));
  assert.ok(Math.abs(reliability([...sure, ...unsure]).error - 0.225) < 1e-9);
});
