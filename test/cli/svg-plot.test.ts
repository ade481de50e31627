import assert from 'node:assert/strict';
import { test } from 'node:test';
import { svgPlot } from '../../agent/cli/svg-plot.ts';

const PLOT = {
  title: 'A < B & C',
  xTitle: 'streams',
  yTitle: 'ms',
  series: [
    {
      name: 'p95',
      points: [
        { x: 1, y: 20 },
        { x: 8, y: 310 },
      ],
    },
  ],
  limit: { name: 'limit', y: 300 },
  caption: 'machine',
};

test('draws a point for each measurement, inside the picture, higher for more', () => {
  const circles = [...svgPlot(PLOT).matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="4"/g)];
  const [[firstX, firstY], [lastX, lastY]] = circles.map(([, x, y]) => [Number(x), Number(y)]) as [
    [number, number],
    [number, number],
  ];
  assert.equal(circles.length, 2);
  assert.ok(firstX < lastX && lastX <= 720);
  assert.ok(lastY < firstY && lastY > 0);
});

test('escapes what XML does not take', () => {
  assert.match(svgPlot(PLOT), /<title>A &lt; B &amp; C<\/title>/);
});

test('draws a single measurement and none', () => {
  for (const points of [[{ x: 4, y: 5 }], []]) {
    assert.doesNotMatch(svgPlot({ ...PLOT, series: [{ name: 'p95', points }] }), /NaN|Infinity/);
  }
});

test('ends y where it is told to', () => {
  assert.match(svgPlot({ ...PLOT, yMax: 1234 }), />1234</);
});
