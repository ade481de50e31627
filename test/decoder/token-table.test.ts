import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenTable } from '../../agent/decoder/token-table.ts';

const characters = { blank: 0, wordBoundary: '▁', source: 'tokens.characters.txt' };

test('the line number is the id', () => {
  const table = TokenTable.parse("<blank>\n▁\na\n'\n", characters);
  assert.equal(table.size, 4);
  assert.equal(table.blank, 0);
  assert.deepEqual(
    [0, 1, 2, 3].map((id) => table.token(id)),
    ['<blank>', '▁', 'a', "'"],
  );
});

test('a byte order mark and CRLF line ends are accepted', () => {
  const table = TokenTable.parse('\uFEFF<blank>\r\n▁\r\na\r\n', characters);
  assert.equal(table.token(0), '<blank>');
  assert.equal(table.token(2), 'a');
});

test('a lone word-boundary mark starts a word and spells nothing', () => {
  const table = TokenTable.parse('<blank>\n▁\na', characters);
  assert.equal(table.startsWord(1), true);
  assert.equal(table.text(1), '');
  assert.equal(table.startsWord(2), false);
});

test('a word piece that begins with the mark starts a word and spells the rest', () => {
  const table = TokenTable.parse('<blank>\n▁he\nllo', characters);
  assert.equal(table.startsWord(1), true);
  assert.equal(table.text(1), 'he');
});

test('a separator is a mark that stands between words and is the only one that does', () => {
  const separators = ['▁\na', '▁he\nllo', '▁\n▁he\nllo'].map((tokens) => {
    return TokenTable.parse(`<blank>\n${tokens}`, characters).separator;
  });
  assert.deepEqual(separators, [1, null, null]);
  assert.equal(TokenTable.parse('<blank>\nAA', { blank: 0, wordBoundary: null }).separator, null);
});

test('without a word-boundary mark every token is a word', () => {
  const table = TokenTable.parse('<blank>\nAA\nB', { blank: 0, wordBoundary: null });
  assert.equal(table.startsWord(2), true);
  assert.equal(table.text(2), 'B');
});

test('what is wrong with a tokens file is said with file and line', () => {
  const cases: [string, Partial<typeof characters>, RegExp][] = [
    ['<blank>\n\n▁', {}, /tokens\.characters\.txt: line 2 is empty/],
    ['<blank>\n▁ 1', {}, /line 2 \("▁ 1"\) holds white space/],
    ['<blank>\n▁\na\n▁', {}, /line 4 repeats the token "▁" of line 2/],
    ['<blank>', {}, /holds 1 tokens; expected the blank and at least one more/],
    ['<blank>\n▁', { blank: 2 }, /blank is 2; expected an id from 0 to 1/],
    ['<blank>\n▁', { blank: 0.5 }, /blank is 0\.5/],
    ['<blank>\na', {}, /no token begins with the word-boundary mark "▁"/],
    ['<blank>\na', { wordBoundary: '' }, /wordBoundary is empty/],
  ];
  for (const [text, options, message] of cases) {
    assert.throws(() => TokenTable.parse(text, { ...characters, ...options }), {
      code: 'MODEL_INVALID',
      message,
    });
  }
});

test('an id outside of the table is a defect', () => {
  const table = TokenTable.parse('<blank>\n▁', characters);
  assert.throws(() => table.text(2), { code: 'INTERNAL', message: /token id 2/ });
});
