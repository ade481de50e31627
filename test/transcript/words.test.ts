import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { stableText } from '../../agent/transcript/stabilizer.ts';
import { confidenceOf, joinWords, secondsAt, spellWords, timeWords } from '../../agent/transcript/words.ts';

const characters = TokenTable.parse("<blank>\n▁\na\nb\n'", { blank: 0, wordBoundary: '▁' });
const pieces = TokenTable.parse('<blank>\n▁he\nllo\n▁a\n▁', { blank: 0, wordBoundary: '▁' });
const phonemes = TokenTable.parse('<blank>\nAH\nB', { blank: 0, wordBoundary: null });
const clock = { startSeconds: 10, stepSeconds: 0.04, limitSeconds: Number.POSITIVE_INFINITY };

const text = (tokens: readonly number[], table: TokenTable) => joinWords(spellWords(tokens, table));
const stable = (tokens: readonly number[], count: number, table: TokenTable) =>
  stableText(spellWords(tokens, table), count);

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

test('a word has the times of its first and last token and the geometric mean of its posteriors', () => {
  const tokens = [1, 2, 3, 1, 3];
  const hypothesis = { tokens, steps: [0, 2, 5, 7, 9], posteriors: [0.1, 0.9, 0.4, 0.2, 1], score: 0 };
  assert.deepEqual(timeWords(spellWords(tokens, characters), hypothesis, clock), [
    { text: 'ab', start: 10.08, end: 10.24, confidence: 0.6 },
    { text: 'b', start: 10.36, end: 10.4, confidence: 1 },
  ]);
});

test('times are cut to the end of the audio', () => {
  assert.equal(secondsAt({ ...clock, limitSeconds: 10.1 }, 2), 10.08);
  assert.equal(secondsAt({ ...clock, limitSeconds: 10.1 }, 3), 10.1);
});

test('confidence is between 0 and 1, and 0 for nothing', () => {
  assert.equal(confidenceOf([]), 0);
  assert.equal(confidenceOf([1.0000001]), 1);
  assert.equal(confidenceOf([0, 1]), 0);
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
