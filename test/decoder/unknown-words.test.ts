import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LetterRows } from '../../agent/decoder/letter-rows.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { UnknownWords } from '../../agent/decoder/unknown-words.ts';
import { peaky } from './log-probs.ts';
import { lexicon } from './tiny-lexicon-search.ts';

const LETTERS = TokenTable.parse('<blank>\n▁\na\nb\nc\ne\nn\nw', { blank: 0, wordBoundary: '▁' });
const PIECES = TokenTable.parse('<blank>\n▁wa\nb\nen\n▁ne', { blank: 0, wordBoundary: '▁' });
const OPTIONS = { maxConfidence: 0.5, minLetterProbability: 0.6 };

/** Spells the word between two steps where these tokens are heard, one a step, with the probability `peak`; "-" is the blank. */
function speller(heard: string | readonly string[], table = LETTERS, peak = 0.9) {
  const letters = new LetterRows(table.size, 64);
  const ids = new Map(Array.from({ length: table.size }, (_, id) => [table.token(id), id]));
  const path = [...heard].map((token) => (token === '-' ? 0 : ids.get(token)!));
  const rows = peaky(path, table.size, peak);
  for (let step = 0; step < path.length; step += 1) letters.accept(rows, step * table.size);
  const words = new UnknownWords(letters, table, lexicon, OPTIONS);
  return (startStep: number, endStep: number, confidence = 0.1) =>
    words.spell({ text: 'cab', startStep, endStep, confidence });
}

function reader(...heard: Parameters<typeof speller>) {
  const spell = speller(...heard);
  return (...word: Parameters<typeof spell>) => spell(...word)?.text ?? null;
}

test('a spelled word is as sure as the least of its letters, marks and pauses around them aside', () => {
  const spelled = speller('-▁waben▁-', LETTERS, 0.7)(2, 6);
  assert.equal(spelled?.text, 'waben');
  assert.ok(Math.abs(spelled.confidence - 0.7) < 1e-6);
});

test('an unsure word is what the letters spell between the marks around it', () => {
  const read = reader('-b-e-▁--waa-bbb-en-▁-n-e-w--');
  assert.equal(read(7, 17), 'waben');
  assert.equal(read(5, 20), 'waben', 'a little before and behind');
});

test('the first and the last word have one mark, or none', () => {
  const read = reader('-nenwe-▁-waben-');
  assert.equal(read(1, 5), 'nenwe');
  assert.equal(read(9, 13), 'waben');
  assert.equal(reader('waben')(0, 4), 'waben');
});

test('a sure word stays', () => {
  const read = reader('-▁waben▁-');
  assert.equal(read(2, 6, 0.49), 'waben');
  assert.equal(read(2, 6, 0.5), null);
});

test('letters that are not sure say nothing', () => {
  assert.equal(reader('-▁waben▁-', LETTERS, 0.61)(2, 6), 'waben');
  assert.equal(reader('-▁waben▁-', LETTERS, 0.59)(2, 6), null);
});

test('words of the lexicon are left to the search, and so are slips of few letters', () => {
  assert.ok(lexicon.lookup('bab') >= 0);
  assert.equal(reader('-▁bab▁-')(2, 4), null);
  assert.equal(reader('-▁can▁-')(2, 4), null);
  assert.equal(reader('-▁cann▁-'.replace('nn', 'n-n'))(2, 6), 'cann');
});

test('letters that begin or end elsewhere are of other words', () => {
  const read = reader('----------▁waben▁----------');
  assert.equal(read(11, 15), 'waben');
  assert.equal(read(5, 15), null);
  assert.equal(read(11, 21), null);
  assert.equal(read(11, 12), 'waben');
  assert.equal(reader('-▁wab▁en▁-')(2, 7), null, 'of two');
});

test('a word is not read whose beginning is out of reach', () => {
  assert.equal(reader(`-▁w${'-'.repeat(30)}aben▁-`)(33, 36), null);
});

test('word pieces carry their marks with them', () => {
  const read = reader(['-', '▁wa', '-', 'b', 'en', '▁ne', '-'], PIECES);
  assert.equal(read(1, 4), 'waben');
  assert.equal(read(6, 6), null);
});
