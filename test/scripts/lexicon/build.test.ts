import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Lexicon } from '../../../agent/decoder/lexicon.ts';
import { TokenTable } from '../../../agent/decoder/token-table.ts';
import { cmudict } from '../../../scripts/lexicon/cmudict.ts';
import { encodeLexicon } from '../../../scripts/lexicon/lexicon-file.ts';

const BUNDLE = 'models/en-base';
const tokens = readFileSync(`${BUNDLE}/tokens.phonemes.txt`, 'utf8');
const dictionary = cmudict();

test('the words of CMUdict are spelled as recognised text is, without stress', () => {
  assert.deepEqual(dictionary.get('tomato'), ['T AH M EY T OW'.split(' '), 'T AH M AA T OW'.split(' ')]);
  assert.deepEqual(dictionary.get("o'clock"), ['AH K L AA K'.split(' ')]);
  assert.deepEqual(dictionary.get('aalborg')?.[0], 'AO L B AO R G'.split(' '));
  for (const other of ['mr', 'a.m.', 'baby-sit', "'em", "boys'"]) assert.ok(!dictionary.has(other), other);
});

test('an elided word adds its pronunciation after those of the whole word', () => {
  assert.deepEqual(
    dictionary.get('cause')?.map((phonemes) => phonemes.join(' ')),
    ['K AA Z', 'K AO Z', 'K AH Z'],
  );
});

test('the lexicon of the bundle is what the script builds, and fits the model', () => {
  const built = Buffer.from(encodeLexicon(dictionary, tokens.trimEnd().split('\n')));
  const shipped = readFileSync(`${BUNDLE}/lexicon.bin`);
  assert.ok(built.equals(shipped), 'run: npx tsx scripts/lexicon/build.ts models/en-base');
  const lexicon = Lexicon.fromBuffer(new Uint8Array(shipped).buffer);
  lexicon.checkTokens(TokenTable.parse(tokens, { blank: 0, wordBoundary: null }));
  assert.ok(lexicon.size > 100_000 && lexicon.pronunciationCount > lexicon.size);
});

test('a phoneme that the model does not have is named with its word', () => {
  assert.throws(() => encodeLexicon(new Map([['loch', [['L', 'AA', 'X']]]]), ['L', 'AA']), /loch: .* X$/);
});
