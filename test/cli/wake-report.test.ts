import assert from 'node:assert/strict';
import { test } from 'node:test';
import { svgPlot } from '../../agent/cli/svg-plot.ts';
import { wakePlot, wakeSeries, wakeText } from '../../agent/cli/wake-report.ts';

const POINTS = [
  { threshold: 0.1, missed: 0, falseAlarms: 40 },
  { threshold: 0.35, missed: 1, falseAlarms: 2 },
  { threshold: 0.5, missed: 2, falseAlarms: 1 },
  { threshold: 0.9, missed: 10, falseAlarms: 0 },
];
const report = (change: Partial<{ recordings: number; hours: number }> = {}) => ({
  ...{ phrase: 'hey jarvis', alarmsPerHour: 0.5, caption: 'en-base' },
  curve: { recordings: 20, hours: 4, points: POINTS, ...change },
});

test('the table marks the proposed threshold, also one that is not among the round ones', () => {
  assert.equal(
    wakeText(report()),
    [
      'threshold  missed  missed %  false alarms  an hour',
      '─────────  ──────  ────────  ────────────  ───────  ──────────',
      '    0.100       0       0.0            40    10.00',
      '    0.350       1       5.0             2     0.50  ← proposed',
      '    0.500       2      10.0             1     0.25',
      '    0.900      10      50.0             0     0.00',
      '',
      '“hey jarvis”: 20 recordings of it, 4.00 hours without it.',
      'Proposed threshold for at most 0.5 false alarms an hour: 0.35.',
      'So much background shows, with 95 % certainty, fewer than 1.6 an hour.',
      `To use it: --set microphone.wakePhrases='[{"text":"hey jarvis","threshold":0.35}]'`,
    ].join('\n'),
  );
});

test('a phrase that is heard everywhere has no proposal', () => {
  const noisy = { ...report(), alarmsPerHour: 0.5, curve: { ...report().curve, points: POINTS.slice(0, 1) } };
  assert.match(wakeText(noisy), /At no threshold .* take a longer phrase/);
});

test('the curve goes from few false alarms to many, and ends where nobody would want them', () => {
  assert.deepEqual(wakeSeries('hey jarvis', report().curve, 0.5).points, [
    { x: 0, y: 50 },
    { x: 0.25, y: 10 },
    { x: 0.5, y: 5 },
  ]);
});

test('each kind of measurement has its plot', () => {
  for (const [change, title] of [
    [{}, /missed against false alarms/],
    [{ recordings: 0 }, /False alarms of “hey jarvis”, by threshold/],
    [{ hours: 0 }, /“hey jarvis” missed, by threshold/],
  ] as const) {
    const svg = svgPlot(wakePlot(report(change)));
    assert.match(svg, title);
    assert.doesNotMatch(svg, /NaN|Infinity/);
  }
});
