import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ColumnHistory } from '../../../agent/server/page/column-history.js';
import { LevelTrack } from '../../../agent/server/page/level-track.js';
import { ROWS } from '../../../agent/server/page/spectrum.js';

const CAPACITY = 4000;
const LOUD = { type: 'level', rms: -10, peak: -5 } as const;

/** What the picture holds after levels at these times: the number of the columns, and which of them have sound. */
function draw(times: readonly number[]) {
  const history = new ColumnHistory(CAPACITY);
  const track = new LevelTrack(100);
  for (const seconds of times) track.accept(LOUD, seconds, history);
  const edges = (index: number) => history.column(index).at(ROWS / 2 + 8) !== 0; // beside the line of silence
  return { count: history.count, edges };
}

const tenths = (from: number, to: number) =>
  Array.from({ length: Math.round((to - from) * 10) }, (_, index) => from + (index + 1) / 10);

test('levels make as many columns as time passes', () => {
  assert.equal(draw(tenths(0, 3)).count, 300);
});

test('levels that are set right do not move the picture away from the clock', () => {
  assert.equal(draw([0.1, 0.2, 0.75, 0.75, 0.75, 0.8, 0.93]).count, 93);
});

test('a time without levels is empty, and what follows stands at its own time', () => {
  const { count, edges } = draw([...tenths(0, 2), ...tenths(12, 13)]);
  assert.equal(count, 1300);
  assert.deepEqual(
    [edges(150), edges(250), edges(700), edges(1180), edges(1250)],
    [true, false, false, false, true],
  );
});

test('a night without levels costs no more than what the picture holds', () => {
  const { count, edges } = draw([...tenths(0, 2), 50_000, 50_000.1]);
  assert.equal(count, 5_000_010);
  assert.deepEqual([edges(count - CAPACITY), edges(count - 1)], [false, true]);
});
