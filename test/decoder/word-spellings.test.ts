import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { WordSpellings } from '../../agent/decoder/word-spellings.ts';
import { letterTable } from './log-probs.ts';

const TEXTS = ['ab', 'ça', 'b', 'bba'];
const textOf = (word: number) => TEXTS[word]!;

test('spells words letter by letter behind the mark, those beyond the lexicon too', () => {
  const spellings = new WordSpellings(3, letterTable(4, { words: true }));
  const tokens = new Int32Array(8);
  const read = (word: number) => [...tokens.subarray(0, spellings.read(word, textOf, tokens))];
  for (const _ of [1, 2]) {
    assert.deepEqual(read(0), [3, 1, 2]);
    assert.deepEqual(read(2), [3, 2]);
    assert.deepEqual(read(3), [3, 2, 2, 1]);
  }
  assert.equal(spellings.separator, 3);
});

test('a word with a letter that the head lacks, or too long for the target, has no tokens', () => {
  const spellings = new WordSpellings(4, letterTable(4, { words: true }));
  assert.equal(spellings.read(1, textOf, new Int32Array(8)), 0);
  assert.equal(spellings.read(0, textOf, new Int32Array(2)), 0);
  assert.equal(spellings.read(0, textOf, new Int32Array(3)), 3);
});

test('the words of a lexicon are cut once', () => {
  const spellings = new WordSpellings(4, letterTable(4, { words: true }));
  const asked: number[] = [];
  for (const word of [0, 0, 2, 0]) {
    const noted = (wanted: number) => {
      asked.push(wanted);
      return textOf(wanted);
    };
    spellings.read(word, noted, new Int32Array(8));
  }
  assert.deepEqual(asked, [0, 2]);
});

test('word pieces carry the mark with them', () => {
  const tokens = TokenTable.parse('<blank>\n▁\na\nb\n▁a\nab', { blank: 0, wordBoundary: '▁' });
  const spellings = new WordSpellings(4, tokens);
  const target = new Int32Array(8);
  assert.deepEqual([...target.subarray(0, spellings.read(0, textOf, target))], [4, 3]);
  assert.equal(spellings.separator, -1);
});
