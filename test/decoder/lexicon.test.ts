import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Lexicon } from '../../agent/decoder/lexicon.ts';
import { LEXICON_HEADER } from '../../agent/decoder/lexicon-format.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { AgentError } from '../../agent/errors.ts';
import { encodeLexicon } from '../../scripts/lexicon/lexicon-file.ts';
import { lexiconFile, PHONEME_NAMES, tinyLexicon } from '../support/tiny-lexicon.ts';

const TEXT = `
  the DH AH
  a AH
  a EY
  the DH IY
  o'clock AH K L AA K
`;

const spoken = (lexicon: Lexicon, word: string): string[] =>
  lexicon
    .pronunciations(lexicon.lookup(word))
    .map((ids) => ids.map((id) => lexicon.phonemeNames[id]).join(' '));

test('words are found with all their pronunciations, most common first', () => {
  const lexicon = tinyLexicon(TEXT);
  assert.equal(lexicon.size, 3);
  assert.equal(lexicon.pronunciationCount, 5);
  assert.deepEqual(spoken(lexicon, 'a'), ['AH', 'EY']);
  assert.deepEqual(spoken(lexicon, 'the'), ['DH AH', 'DH IY']);
  assert.deepEqual(spoken(lexicon, "o'clock"), ['AH K L AA K']);
});

test('words that are not there have number -1', () => {
  const lexicon = tinyLexicon(TEXT);
  for (const word of ['', 'b', 'th', 'them', 'The', 'zebra', 'x'.repeat(1000), '\n', 'a\nthe']) {
    assert.equal(lexicon.lookup(word), -1, word);
  }
  assert.equal(tinyLexicon('').lookup('a'), -1);
});

test('any set of words is found, each at its place in the order of bytes', () => {
  const word = fc.stringMatching(/^[a-zäß']{1,12}$/);
  const pronunciation = fc.array(fc.constantFrom(...PHONEME_NAMES.slice(1)), { minLength: 1, maxLength: 9 });
  const dictionary = fc.dictionary(word, fc.array(pronunciation, { minLength: 1, maxLength: 3 }), {
    maxKeys: 80,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(dictionary, word, (entries, stranger) => {
      const words = new Map(Object.entries(entries));
      const lexicon = Lexicon.fromBuffer(encodeLexicon(words, PHONEME_NAMES));
      const listed = Array.from({ length: lexicon.size }, (_, index) => lexicon.word(index));
      assert.deepEqual(
        listed,
        [...words.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
      for (const [index, each] of listed.entries()) {
        assert.equal(lexicon.lookup(each), index);
        assert.deepEqual(
          spoken(lexicon, each),
          words.get(each)!.map((names) => names.join(' ')),
        );
      }
      assert.equal(lexicon.lookup(stranger) >= 0, words.has(stranger));
    }),
    { numRuns: 200 },
  );
});

test('a lexicon in shared memory reads the same', () => {
  const bytes = new Uint8Array(lexiconFile(TEXT));
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  const lexicon = Lexicon.fromBuffer(shared);
  assert.equal(lexicon.word(1), "o'clock");
  assert.deepEqual(spoken(lexicon, 'the'), ['DH AH', 'DH IY']);
});

test('phonemes must be the tokens of the model', () => {
  const tokens = (names: readonly string[]): TokenTable =>
    TokenTable.parse(names.join('\n'), { blank: 0, wordBoundary: null });
  const lexicon = Lexicon.fromBuffer(lexiconFile(TEXT), 'some/lexicon.bin');
  lexicon.checkTokens(tokens(PHONEME_NAMES));
  assert.throws(
    () => lexicon.checkTokens(tokens(PHONEME_NAMES.toSpliced(3, 1))),
    /^AgentError: some\/lexicon\.bin: phoneme 3 is AH, but the model's token 3 is AO/,
  );
  assert.throws(() => lexicon.checkTokens(tokens(PHONEME_NAMES.slice(0, -1))), /token 39 is none/);
});

function refusal(buffer: ArrayBuffer): string {
  try {
    Lexicon.fromBuffer(buffer, 'some/lexicon.bin');
  } catch (error) {
    assert.ok(error instanceof AgentError && error.code === 'LEXICON_INVALID', String(error));
    assert.match(error.message, /^some\/lexicon\.bin: /);
    return error.message;
  }
  return assert.fail('the file was taken');
}

test('a file that is no lexicon is refused by name and with what to do', () => {
  assert.match(refusal(new ArrayBuffer(0)), /is empty.*scripts\/lexicon\/build\.ts/);
  assert.match(refusal(new TextEncoder().encode('EARNGRAM').buffer as ArrayBuffer), /begins with EARLEXIC/);
  const huge = lexiconFile(TEXT);
  new DataView(huge).setUint32(LEXICON_HEADER.wordCount, 2 ** 32 - 1, true);
  assert.match(refusal(huge), /not whole/);
});

test('a file cut anywhere, or with any bit turned, is refused', () => {
  const whole = lexiconFile(TEXT);
  for (let at = 0; at < whole.byteLength; at += 1) {
    refusal(whole.slice(0, at));
    const damaged = whole.slice(0);
    new Uint8Array(damaged)[at]! ^= 1 << (at % 8);
    refusal(damaged);
  }
});
