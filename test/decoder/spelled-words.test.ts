import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  completeWords,
  geometricMean,
  spellHypothesis,
  spellWords,
} from '../../agent/decoder/spelled-words.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';

const characters = TokenTable.parse("<blank>\n▁\na\nb\n'", { blank: 0, wordBoundary: '▁' });
const pieces = TokenTable.parse('<blank>\n▁he\nllo\n▁a\n▁', { blank: 0, wordBoundary: '▁' });
const phonemes = TokenTable.parse('<blank>\nAH\nB', { blank: 0, wordBoundary: null });

const join = (words: readonly { readonly text: string }[]) => words.map((word) => word.text).join(' ');
const text = (tokens: readonly number[], table: TokenTable) => join(spellWords(tokens, table));
const stable = (tokens: readonly number[], count: number, table: TokenTable) =>
  join(spellWords(tokens, table).slice(0, completeWords(tokens, count, table)));

test('letters are joined to words at the boundary mark', () => {
  assert.equal(text([2, 3, 1, 3, 4, 2], characters), "ab b'a");
});

test('boundary marks at the ends and in a row make no empty words', () => {
  assert.equal(text([1, 1, 2, 1, 1, 3, 1], characters), 'a b');
  assert.equal(text([1, 1], characters), '');
  assert.equal(text([], characters), '');
});

test('word pieces carry the boundary mark themselves', () => {
  assert.equal(text([1, 2, 3, 4, 2], pieces), 'hello a llo');
});

test('without a boundary mark each token is a word', () => {
  assert.equal(text([1, 2, 2], phonemes), 'AH B B');
});

test('a word lies from its first to its last token and has the geometric mean of their posteriors', () => {
  const tokens = [1, 2, 3, 1, 3];
  const sequence = { tokens, steps: [0, 2, 5, 7, 9], posteriors: [0.1, 0.9, 0.4, 0.2, 1], score: -3 };
  const { words, confidence, score } = spellHypothesis(sequence, characters);
  assert.deepEqual(
    words.map((word) => ({ ...word, confidence: word.confidence.toFixed(6) })),
    [
      { text: 'ab', startStep: 2, endStep: 5, confidence: '0.600000' },
      { text: 'b', startStep: 9, endStep: 9, confidence: '1.000000' },
    ],
  );
  assert.equal(confidence.toFixed(6), Math.cbrt(0.36).toFixed(6));
  assert.equal(score, -3);
});

test('the mean of posteriors is between 0 and 1, and 0 for nothing', () => {
  assert.equal(geometricMean([]), 0);
  assert.equal(geometricMean([1.0000001]), 1);
  assert.equal(geometricMean([0, 1]), 0);
});

test('a word is stable once the boundary after it is stable, not before', () => {
  const tokens = [2, 3, 1, 3];
  assert.equal(stable(tokens, 2, characters), '');
  assert.equal(stable(tokens, 3, characters), 'ab');
  assert.equal(stable(tokens, 4, characters), 'ab');
});

test('a word of pieces is stable once the piece that begins the next word is', () => {
  assert.equal(stable([1, 2, 3], 2, pieces), '');
  assert.equal(stable([1, 2, 3], 3, pieces), 'hello');
});

test('a token that is a word is stable by itself', () => {
  assert.equal(stable([1, 2], 1, phonemes), 'AH');
});

test('whatever follows the stable tokens, the text begins with the stable text, and more tokens only add to it', () => {
  const tokens = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 20 });
  fc.assert(
    fc.property(tokens, tokens, tokens, fc.constantFrom(characters, pieces), (fixed, more, other, table) => {
      const before = stable(fixed, fixed.length, table);
      assert.ok(text([...fixed, ...other], table).startsWith(before));
      assert.ok(stable([...fixed, ...more], fixed.length + more.length, table).startsWith(before));
    }),
  );
});
