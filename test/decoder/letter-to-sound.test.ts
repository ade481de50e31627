import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { graphoneText, parseGraphone } from '../../agent/decoder/graphone.ts';
import { LetterToSound } from '../../agent/decoder/letter-to-sound.ts';
import { parseArpa } from '../../scripts/language-model/arpa.ts';
import { encodeModel } from '../../scripts/language-model/model-file.ts';
import { buildGraphoneModel } from '../../scripts/lexicon/graphone-model.ts';
import { TINY_ARPA } from '../support/tiny-arpa.ts';
import { PHONEME_NAMES } from '../support/tiny-lexicon.ts';

const TRAINED = { order: 4, maxNgrams: 1e6, alignmentRounds: 8, minGraphoneCount: 1 };
const WORDS = `
  cat K AE T|cap K AE P|nap N AE P|pan P AE N|phone F OW N|phase F EY Z|fax F AE K S|tax T AE K S|note N OW T
  cape K EY P|tape T EY P|nape N EY P|shape SH EY P|ship SH IH P|shin SH IH N|tin T IH N|tine T AY N|pine P AY N
`;
const dictionary = new Map(
  WORDS.trim()
    .split(/[|\n]/)
    .map((line) => line.trim().split(' '))
    .map(([word, ...phonemes]) => [word!, [phonemes]]),
);
const file = buildGraphoneModel(dictionary, TRAINED);
const tiny = LetterToSound.fromBuffer(file, PHONEME_NAMES);
const said = (model: LetterToSound, word: string): string[] =>
  model.pronounce(word, 3).map(({ phonemes }) => phonemes.map((id) => PHONEME_NAMES[id]).join(' '));

test('words that were never seen are read as their letters sound in others', () => {
  assert.equal(said(tiny, 'phape')[0], 'F EY P');
  assert.equal(said(tiny, 'shax')[0], 'SH AE K S');
  assert.equal(said(tiny, 'cat')[0], 'K AE T');
});

test('the ways to say a word are different, the most probable first, their probabilities below 1 together', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[aceinopst]{1,9}$/), fc.integer({ min: 1, max: 6 }), (word, n) => {
      const sayings = tiny.pronounce(word, n);
      assert.ok(sayings.length <= n);
      assert.equal(new Set(sayings.map(({ phonemes }) => phonemes.join(' '))).size, sayings.length);
      const logProbs = sayings.map(({ logProb }) => logProb);
      assert.deepEqual(
        logProbs,
        logProbs.toSorted((a, b) => b - a),
      );
      const total = logProbs.reduce((sum, logProb) => sum + Math.exp(logProb), 0);
      assert.ok(total <= 1 + 1e-9 && logProbs.every((logProb) => logProb <= 1e-9));
      assert.ok(sayings.every(({ phonemes }) => phonemes.length > 0 && phonemes.every((id) => id > 0)));
    }),
    { numRuns: 150 },
  );
});

test('letters that the model does not have can not be said', () => {
  assert.deepEqual(tiny.pronounce('zebra', 3), []);
  assert.deepEqual(tiny.pronounce('', 3), []);
});

test('graphones and their texts are the same thing', () => {
  for (const graphone of [
    { letters: 'ph', phonemes: ['F'] },
    { letters: 'x', phonemes: ['K', 'S'] },
    { letters: 'e', phonemes: [] },
    { letters: "'", phonemes: [] },
  ]) {
    assert.deepEqual(parseGraphone(graphoneText(graphone)), graphone);
  }
  for (const text of ['word', '|F', '', 'a|B|C']) assert.equal(parseGraphone(text), null);
});

test('a language model of words, or of other phonemes, is refused by name', () => {
  assert.throws(
    () => LetterToSound.fromBuffer(encodeModel(parseArpa(TINY_ARPA)), PHONEME_NAMES, 'some/l2s.bin'),
    { code: 'LANGUAGE_MODEL_INVALID', message: /^some\/l2s\.bin: expected graphones, got "a"/ },
  );
  assert.throws(() => LetterToSound.fromBuffer(file, ['<blank>', 'K'], 'some/l2s.bin'), {
    code: 'LANGUAGE_MODEL_INVALID',
    message: /^some\/l2s\.bin: the model has no phoneme/,
  });
});

test('the shipped model reads names and new words', () => {
  const bytes = new Uint8Array(readFileSync('models/en-base/letter-to-sound.bin'));
  const shipped = LetterToSound.fromBuffer(bytes.buffer, PHONEME_NAMES);
  const golden = {
    earshot: 'IH R SH AA T',
    blorping: 'B L AO R P IH NG',
    wugs: 'W AH G Z',
    jetson: 'JH EH T S AH N',
    raspian: 'R AE S P IY AH N',
    zigbee: 'Z IH G B IY',
  };
  for (const [word, phonemes] of Object.entries(golden)) {
    assert.ok(said(shipped, word).includes(phonemes), `${word}: ${said(shipped, word).join(', ')}`);
  }
});
