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

test('names that do not fit beside each other begin a new row, and a long caption a new line, inside the picture', () => {
  const names = [
    'services asked for on the telephone',
    'numbers, spelling, dates, commands',
    'digits spelled',
  ];
  const { series } = PLOT;
  const svg = svgPlot({
    ...PLOT,
    series: names.map((name) => ({ ...series[0]!, name })),
    caption: 'a machine of two cores '.repeat(10).trim(),
  });
  const rows = names.map((name) => Number(new RegExp(`y="(\\d+)">${name}<`).exec(svg)?.[1]));
  assert.deepEqual(rows, [45, 45, 65]);
  const captions = [...svg.matchAll(/y="(\d+)" font-size="11" fill="#6b7280">([^<]*)</g)];
  const height = Number(/viewBox="0 0 720 (\d+)"/.exec(svg)?.[1]);
  assert.ok(captions.length > 1 && captions.every(([, y, line]) => Number(y) < height && line!.length < 110));
});

test('the axes end a little above what there is, at round numbers', () => {
  const lastX = (most: number) => {
    const series = [
      {
        name: 'a',
        points: [
          { x: 0, y: 1 },
          { x: most, y: 1 },
        ],
      },
    ];
    const svg = svgPlot({ ...PLOT, isLinear: true, series, limit: { name: '', y: 0 } });
    const labels = [...svg.matchAll(/<text x="[\d.]+" y="\d+" text-anchor="middle">([\d.]+)</g)];
    return labels.map(([, label]) => label);
  };
  assert.deepEqual(lastX(239), ['0', '60', '120', '180', '240']);
  assert.deepEqual(lastX(1.1), ['0', '0.3', '0.6', '0.9', '1.2']);
});
