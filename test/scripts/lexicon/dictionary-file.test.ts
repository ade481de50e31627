import assert from 'node:assert/strict';
import test from 'node:test';
import { LetterToSound } from '../../../agent/decoder/letter-to-sound.ts';
import { Lexicon } from '../../../agent/decoder/lexicon.ts';
import { openDictionary, parseDictionary } from '../../../scripts/lexicon/dictionary-file.ts';
import { buildGraphoneModel } from '../../../scripts/lexicon/graphone-model.ts';
import { encodeLexicon } from '../../../scripts/lexicon/lexicon-file.ts';

const NAMES = ['<blank>', 'e', 't', 'l', 'o', 'p', 'y', 's'];
const FRENCH = "été\te t e\nl'eau\tl o\nplus\tp l y\nplus\tp l y s\n";

test('a dictionary of another language becomes a lexicon, accents and apostrophes kept', () => {
  const lexicon = Lexicon.fromBuffer(encodeLexicon(parseDictionary(FRENCH), NAMES));
  const said = (word: string) =>
    lexicon.pronunciations(lexicon.lookup(word)).map((ids) => [...ids].map((id) => NAMES[id]).join(' '));
  assert.deepEqual([said('été'), said("l'eau")], [['e t e'], ['l o']]);
  assert.deepEqual(said('plus'), ['p l y', 'p l y s']);
  assert.equal(lexicon.lookup('ete'), -1);
});

test('letter-to-sound learns letters with accents', () => {
  const words = parseDictionary('é\te\nt\tt\no\to\nté\tt e\nto\tt o\n');
  const options = { order: 2, maxNgrams: 1e6, alignmentRounds: 4, minGraphoneCount: 1 };
  const model = LetterToSound.fromBuffer(buildGraphoneModel(words, options), NAMES);
  assert.deepEqual(model.pronounce('toté', 1)[0]?.phonemes, [2, 4, 2, 1]);
});

test('a line that is no pronunciation is named', () => {
  assert.throws(
    () => parseDictionary('été\te t e\nplus p l y'),
    /^Error: line 2: expected .* got "plus p l y"/,
  );
});

test('without a file the dictionary is that of English', () => {
  assert.ok(openDictionary(undefined).has('tomato'));
});
