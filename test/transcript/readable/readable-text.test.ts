import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { ENGLISH } from '../../../agent/transcript/readable/english.ts';
import { type ReadableText, toReadable } from '../../../agent/transcript/readable/readable-text.ts';

const CASES = readFileSync('test/fixtures/readable/english.tsv', 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t') as [spoken: string, written: string]);
const SENTENCE = { startsSentence: true, endsSentence: true };
const readable = (words: readonly string[], options = SENTENCE): ReadableText =>
  toReadable(words, ENGLISH, options);

/** Every raw word is in exactly one token, in order: so the raw text can be had back from the written one. */
function assertCovers(words: readonly string[], { text, tokens }: ReadableText): void {
  const covered = tokens.flatMap(({ from, to }) => words.slice(from, to));
  assert.deepEqual(covered, words);
  let next = 0;
  for (const { from, to } of tokens) {
    assert.ok(from === next && to > from, `token [${from}, ${to}) after ${next}`);
    next = to;
  }
  assert.equal(tokens.map((token) => token.text).join(' '), text);
  assert.ok(
    tokens.every((token) => /^\S+( \S+)*$/.test(token.text)),
    text,
  );
}

test('words that every object of JavaScript knows are words', () => {
  for (const words of [
    'the constructor',
    'a constructor',
    'two constructors',
    'zero constructor',
    'value of',
  ]) {
    assert.equal(readable(words.split(' ')).text.toLowerCase(), `${words}.`);
  }
  assert.equal(readable('three point five constructor'.split(' ')).text, '3.5 constructor.');
});

test(`${CASES.length} sentences are written as people do, and lead back to their words`, () => {
  assert.ok(CASES.length >= 200);
  const wrong = CASES.flatMap(([spoken, written]) => {
    const words = spoken.split(' ');
    const result = readable(words);
    assertCovers(words, result);
    return result.text === written ? [] : [`${spoken}: expected "${written}", got "${result.text}"`];
  });
  assert.deepEqual(wrong, []);
});

test('whatever was said, the tokens stand for every word once', () => {
  const vocabulary = [...new Set(CASES.flatMap(([spoken]) => spoken.split(' ')))];
  const word = fc.oneof(fc.constantFrom(...vocabulary), fc.stringMatching(/^[a-z']{1,6}$/));
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 20 }),
      fc.boolean(),
      fc.boolean(),
      (words, startsSentence, endsSentence) => {
        assertCovers(words, readable(words, { startsSentence, endsSentence }));
      },
    ),
    { numRuns: 3000 },
  );
});

test('a part of a sentence has neither a capital at its beginning nor a mark at its end', () => {
  const part = { startsSentence: false, endsSentence: false };
  assert.equal(readable(['what', 'is', 'ten', 'percent'], part).text, 'what is 10%');
  assert.equal(readable(['monday', 'i', 'go'], part).text, 'Monday I go');
});

test('no words are no text', () => {
  assert.deepEqual(readable([]), { text: '', tokens: [] });
});

test('a token says which words it stands for', () => {
  const words = 'on march third twenty twenty four at half past ten'.split(' ');
  assert.deepEqual(readable(words, { startsSentence: false, endsSentence: false }).tokens, [
    { text: 'on', from: 0, to: 1 },
    { text: 'March', from: 1, to: 2 },
    { text: '3,', from: 2, to: 3 },
    { text: '2024', from: 3, to: 6 },
    { text: 'at', from: 6, to: 7 },
    { text: '10:30', from: 7, to: 10 },
  ]);
});
