import assert from 'node:assert/strict';
import test from 'node:test';
import { letterNamesOf } from '../../agent/decoder/letter-names.ts';
import { LetterToSound } from '../../agent/decoder/letter-to-sound.ts';
import { Pronouncer } from '../../agent/decoder/pronouncer.ts';
import { parseUserPronunciations } from '../../agent/decoder/user-pronunciations.ts';
import { normalizeFrench } from '../../agent/evaluation/french-normalization.ts';
import { normalizeText } from '../../agent/evaluation/text-normalization.ts';
import { buildGraphoneModel } from '../../scripts/lexicon/graphone-model.ts';
import { PHONEME_NAMES, tinyLexicon } from '../support/tiny-lexicon.ts';

const LEXICON = tinyLexicon(`
  three TH R IY
  tomato T AH M EY T OW
  tomato T AH M AA T OW
  bus B AH S
  cat K AE T
  dog D AO G
  o'clock AH K L AA K
  m EH M
  p P IY
`);
const LETTERS = new Map(
  ['i IY', 'k K', 'e IY', 'a AH', 't T', 'ike AY K', 'tea T IY', 'eat IY T'].map((line) => {
    const [word, ...phonemes] = line.split(' ');
    return [word!, [phonemes]];
  }),
);
const letterToSound = LetterToSound.fromBuffer(
  buildGraphoneModel(LETTERS, { order: 2, maxNgrams: 1e6, alignmentRounds: 4, minGraphoneCount: 1 }),
  PHONEME_NAMES,
);
const USER = 'Siobhan\tSH IH V AO N\nAT&T\tEY1 T IY1 AE1 N D T IY1\ncat(2)\tK AA T\n';

function pronouncer(user = USER): Pronouncer {
  const own = parseUserPronunciations(user, PHONEME_NAMES, 'names.txt');
  return new Pronouncer({
    lexicon: LEXICON,
    letterToSound,
    user: own,
    normalize: normalizeText,
    letterNames: letterNamesOf('en'),
  });
}

function said(text: string, n = 2): string[] {
  const subject = pronouncer();
  return subject
    .pronounce(text, n)
    .map(({ phonemes, source }) => `${subject.phonemeText(phonemes)} (${source})`);
}

test('the user’s own pronunciation comes first, however the word is written', () => {
  assert.deepEqual(said('Siobhan'), ['SH IH V AO N (user)']);
  assert.deepEqual(said(' at&t '), ['EY T IY AE N D T IY (user)']);
  assert.deepEqual(said('cat'), ['K AA T (user)']);
});

test('then the lexicon, with every pronunciation', () => {
  assert.deepEqual(said('Tomato'), ['T AH M EY T OW (lexicon)', 'T AH M AA T OW (lexicon)']);
  assert.deepEqual(said('tomato', 1), ['T AH M EY T OW (lexicon)']);
  assert.deepEqual(said("o'clock"), ['AH K L AA K (lexicon)']);
});

test('what has no vowel is spelled', () => {
  assert.deepEqual(said('TV'), ['T IY V IY (letters)']);
  assert.deepEqual(said('www'), ['D AH B AH L Y UW D AH B AH L Y UW D AH B AH L Y UW (letters)']);
});

test('numbers are read, and words joined', () => {
  assert.deepEqual(said('mp3'), ['EH M P IY TH R IY (letters)']);
  assert.deepEqual(said('Siobhan cat'), ['SH IH V AO N K AA T (user)']);
  assert.deepEqual(said('cat tomato', 1), ['K AA T T AH M EY T OW (lexicon)']);
});

test('a possessive sounds as the end of its word asks', () => {
  assert.deepEqual(said("bus's"), ['B AH S AH Z (lexicon)']);
  assert.deepEqual(said("cat's"), ['K AA T S (user)']);
  assert.deepEqual(said("dog's"), ['D AO G Z (lexicon)']);
  assert.deepEqual(said("TV's"), ['T IY V IY Z (letters)']);
});

test('other words are read by their letters; in capitals they may also be spelled', () => {
  assert.match(said('ikea')[0]!, /letter-to-sound/);
  const capitals = said('IKEA', 9);
  assert.ok(capitals.includes('AY K EY IY EY (letters)'), capitals.join(', '));
  assert.ok(capitals.some((each) => each.includes('letter-to-sound')));
  const total = pronouncer()
    .pronounce('IKEA', 99)
    .reduce((sum, { logProb }) => sum + Math.exp(logProb), 0);
  assert.ok(total <= 1 + 1e-9);
});

test('nothing that can be said is no pronunciation', () => {
  for (const text of ['', ' ', '?!', '漢字']) assert.deepEqual(said(text), []);
});

test('the user’s list takes comments, stress, variants and phrases', () => {
  const own = parseUserPronunciations(
    '\uFEFF# mine\r\n\r\n;;; CMUdict\r\nEta EY1 T AH0\r\nETA\tIY T AH\r\nnew york\tN UW Y AO R K\r\n',
    PHONEME_NAMES,
    'names.txt',
  );
  assert.deepEqual([...own.keys()], ['eta', 'new york']);
  assert.equal(own.get('eta')!.length, 2);
});

test('a line that can not be read is named with what is wrong', () => {
  const refused = (text: string, message: RegExp): void => {
    assert.throws(() => parseUserPronunciations(text, PHONEME_NAMES, 'names.txt'), {
      code: 'PRONUNCIATIONS_INVALID',
      message,
    });
  };
  refused('ok\tOW K EY\nsolo\n', /^names\.txt, line 2: expected a word, a tab and phonemes, got "solo"/);
  refused('\tOW K', /line 1: expected a word/);
  refused('loch\tL AA X', /line 1: "X" is no phoneme; expected some of AA AE/);
});

test('letters have the names of their language, accents apart', () => {
  const lexicon = tinyLexicon('été e t e', ['<blank>', 'e', 't', 's', 'ɛ', 'f']);
  const parts = { lexicon, letterToSound: null, user: new Map(), normalize: normalizeFrench };
  const french = new Pronouncer({ ...parts, letterNames: letterNamesOf('fr-CA') });
  const spoken = (text: string) =>
    french.pronounce(text, 1).map(({ phonemes }) => french.phonemeText(phonemes));
  assert.deepEqual([spoken('Été'), spoken('TF'), spoken('ç')], [['e t e'], ['t e ɛ f'], ['s e']]);
});

test('a letter has all its names beside what the lexicon says', () => {
  const lexicon = tinyLexicon('z Z IY', ['<blank>', 'Z', 'IY', 'EH', 'D']);
  const waysOf = (letter: string, own = '') => {
    const user = parseUserPronunciations(own, lexicon.phonemeNames, 'names.txt');
    const parts = { lexicon, letterToSound: null, user, normalize: (text: string) => text };
    const english = new Pronouncer({ ...parts, letterNames: letterNamesOf('en') });
    return english.pronounce(letter, 9).map(({ phonemes }) => english.phonemeText(phonemes));
  };
  assert.deepEqual(waysOf('z'), ['Z IY', 'Z EH D']);
  assert.deepEqual(waysOf('z', 'z\tZ EH D'), ['Z EH D']);
});

test('words that every object of JavaScript knows are words', () => {
  const lexicon = tinyLexicon('constructor K AH', ['<blank>', 'K', 'AH', 'S', 'Z']);
  const parts = { lexicon, letterToSound: null, user: new Map(), normalize: (text: string) => text };
  const english = new Pronouncer({ ...parts, letterNames: letterNamesOf('en') });
  assert.deepEqual(
    ['constructor', "constructor's", 'valueof'].map((word) => english.pronounce(word, 1).length),
    [1, 1, 0],
  );
});
