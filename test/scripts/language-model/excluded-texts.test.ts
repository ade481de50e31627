import assert from 'node:assert/strict';
import test from 'node:test';
import { ExcludedTexts } from '../../../scripts/language-model/excluded-texts.ts';

function excluding(...texts: string[]): ExcludedTexts {
  const excluded = new ExcludedTexts();
  for (const text of texts) excluded.add(text);
  return excluded;
}

test('a text that equals an excluded one is found, however short', () => {
  const excluded = excluding('yes', 'turn on the light');
  assert.ok(excluded.has('yes'));
  assert.ok(excluded.has('turn on the light'));
  assert.ok(!excluded.has('turn on the light please'));
});

test('seven words in a row of an excluded text are found in another, wherever they stand', () => {
  const excluded = excluding('one two three four five six seven eight');
  assert.ok(excluded.has('two three four five six seven eight'));
  assert.ok(excluded.has('zero one two three four five six seven'));
  assert.ok(!excluded.has('one two three four five six nine seven eight'));
  assert.ok(!excluded.has('one two three four five six'));
});

test('without excluded texts everything stays', () => {
  assert.ok(!excluding().has('one two three four five six seven'));
  assert.ok(!excluding('').has(''));
});
