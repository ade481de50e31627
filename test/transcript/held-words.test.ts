import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldWords } from '../../agent/transcript/held-words.ts';

const words = (text: string) => text.split(' ').map((each) => ({ text: each }));

test('leading words count from when they came, and those behind a change from the change', () => {
  const held = new HeldWords();
  held.update(words('a b c'), 100);
  held.update(words('a d c e'), 200);
  assert.deepEqual([held.count(99), held.count(100), held.count(199), held.count(200)], [0, 1, 1, 4]);
});

test('words that are taken back are forgotten', () => {
  const held = new HeldWords();
  held.update(words('a b'), 100);
  held.update(words('a'), 200);
  held.update(words('a b'), 300);
  assert.deepEqual([held.count(100), held.count(300)], [1, 2]);
  held.clear();
  assert.equal(held.count(300), 0);
});
