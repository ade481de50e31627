import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeWords } from '../../../agent/server/page/word-lane.js';

const LANE = { pixelsPerSecond: 100, rows: 2, measure: (text: string) => text.length * 8 };

const at = (start: number, text: string) => ({
  word: { text, start, end: start + 0.2, confidence: 1 },
  faint: false,
});

test('a word stands where it was said', () => {
  const [word] = placeWords([at(1.5, 'light')], LANE);
  assert.deepEqual([word?.x, word?.width, word?.row], [150, 40, 0]);
});

test('a word that would touch its neighbour takes the next row', () => {
  const rows = placeWords([at(0, 'kitchen'), at(0.3, 'light'), at(0.9, 'now')], LANE).map(({ row }) => row);
  assert.deepEqual(rows, [0, 1, 0]);
});

test('a word for which there is no room is left out', () => {
  const words = placeWords([at(0, 'kitchen'), at(0.1, 'counter'), at(0.2, 'lamp'), at(0.9, 'now')], LANE);
  assert.deepEqual(
    words.map(({ word }) => word.text),
    ['kitchen', 'counter', 'now'],
  );
});
