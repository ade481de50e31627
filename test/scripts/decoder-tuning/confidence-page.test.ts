import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CalibrationReport,
  confidencePage,
  confidenceText,
  reliabilityPlot,
} from '../../../scripts/decoder-tuning/confidence-page.ts';
import { reliability } from '../../../scripts/decoder-tuning/fit-confidence.ts';

/** Words of two confidences; half of the first and all of the second are right. */
const words = [
  ...Array.from({ length: 20 }, (_, i) => ({ confidence: 0.55, correct: i < 10 })),
  ...Array.from({ length: 20 }, () => ({ confidence: 0.95, correct: true })),
  { confidence: 0.15, correct: false },
];
const report: CalibrationReport = {
  model: 'en-test 1.0.0',
  split: 'dev',
  clips: 12,
  command: 'tune --write',
  calibration: { bias: 0.1, posterior: 0.2, deficit: 0.3 },
  share: reliability(words.map(({ correct }) => ({ confidence: 1, correct }))),
  fitted: reliability(words),
};

test('the page says the calibration error with and without the fit, and the command', () => {
  const page = confidencePage(report);
  assert.match(page, /\*\*5\.2 %\*\*; that of the share of the beam, without the fit, 26\.8 %/);
  assert.match(page, /41 words of which 73\.2 % are right/);
  assert.match(page, /^ {4}tune --write$/m);
});

test('the text for the terminal has the calibration and a row for each bin with words', () => {
  const text = confidenceText(report);
  assert.match(text, /\{"bias":0\.1,"posterior":0\.2,"deficit":0\.3\}/);
  assert.equal(text.match(/^\|\s+\d+ \|/gm)?.length, 3);
});

test('the diagram leaves out bins of too few words', () => {
  const marks = reliabilityPlot(report).match(/r="4"/g);
  assert.equal(marks?.length, 2 + 2 + 1); // the diagonal, the fitted, the share of the beam
});
