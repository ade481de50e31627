import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { HEADER, SENTENCE_END, UNKNOWN_WORD } from '../../agent/decoder/ngram-format.ts';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';
import { AgentError } from '../../agent/errors.ts';
import { parseArpa } from '../../scripts/language-model/arpa.ts';
import { encodeModel } from '../../scripts/language-model/model-file.ts';
import { randomArpa } from '../support/random-arpa.ts';
import { scoreByDefinition } from '../support/reference-ngram.ts';
import { TINY_ARPA } from '../support/tiny-arpa.ts';

const bytes = (): ArrayBuffer => encodeModel(parseArpa(TINY_ARPA));
const tiny = (): NgramModel => NgramModel.fromBuffer(bytes());

/** Common-logarithm scores of the words of a sentence and of its end. */
function scores(model: NgramModel, sentence: string): number[] {
  let state = model.start;
  const result = sentence.split(' ').map((text) => {
    const word = model.wordId(text);
    const score = model.score(state, word);
    state = model.next(state, word);
    return score / Math.LN10;
  });
  return [...result, model.end(state) / Math.LN10];
}

function assertNear(got: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  const far =
    got.length !== expected.length || got.some((x, i) => !(Math.abs(x - expected[i]!) <= tolerance));
  assert.ok(!far, `expected ${expected}, got ${got}`);
}

test('the longest n-gram that is there gives the probability', () => {
  assertNear(scores(tiny(), 'a b a'), [-0.2, -0.1, -0.35, 0.05 - 0.3 - 0.9]);
});

test('shorter contexts cost the back-off weights of the longer ones', () => {
  assertNear(scores(tiny(), 'a çà b'), [-0.2, -0.15 - 0.45, -0.8, -0.3]);
});

test('a word that the model does not know is <unk> and ends the context', () => {
  const model = tiny();
  assert.equal(model.wordId('zebra'), UNKNOWN_WORD);
  assertNear(scores(model, 'a zebra a'), [-0.2, -0.15 - 0.3 - 2.5, -0.6, -0.3 - 0.9]);
  assert.equal(model.next(model.start, UNKNOWN_WORD), NgramModel.EMPTY);
});

test('every word has an id and every id a word; special words are nobody’s text', () => {
  const model = tiny();
  assert.equal(model.wordCount, 6);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((id) => model.word(id)),
    ['<unk>', '<s>', '</s>', 'a', 'b', 'çà'],
  );
  assert.deepEqual(
    ['a', 'b', 'çà', 'ç', 'çàx', '', '</s>', 'x'.repeat(1000)].map((text) => model.wordId(text)),
    [3, 4, 5, 0, 0, 0, 0, 0],
  );
});

test('states are equal where the model can not tell futures apart', () => {
  const model = tiny();
  const after = (...words: string[]): number =>
    words.reduce((state, word) => model.next(state, model.wordId(word)), model.start);
  assert.equal(after('b', 'a', 'b'), after('çà', 'a', 'b'));
  assert.notEqual(after('a', 'b'), after('b'));
});

test('a model in shared memory scores the same', () => {
  const shared = new SharedArrayBuffer(bytes().byteLength);
  new Uint8Array(shared).set(new Uint8Array(bytes()));
  const model = NgramModel.fromBuffer(shared);
  assert.equal(model.word(5), 'çà');
  assert.deepEqual(scores(model, 'a b a'), scores(tiny(), 'a b a'));
});

test('random models of any order score as the definition of back-off says', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 60 }),
      fc.nat(),
      (order, words, seed) => {
        const arpa = randomArpa({ order, words, seed });
        const model = NgramModel.fromBuffer(encodeModel(parseArpa(arpa.text)));
        for (const sentence of arpa.sentences) {
          const expected = scoreByDefinition(arpa.text, order, sentence);
          assertNear(scores(model, sentence.join(' ')), expected);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('a model of unigrams has one state', () => {
  const { text } = randomArpa({ order: 1, words: 3, seed: 1 });
  const model = NgramModel.fromBuffer(encodeModel(parseArpa(text)));
  assert.equal(model.start, NgramModel.EMPTY);
  assert.equal(model.end(model.start), model.score(NgramModel.EMPTY, SENTENCE_END));
});

function refusal(buffer: ArrayBuffer): string {
  try {
    NgramModel.fromBuffer(buffer, 'some/lm.bin');
  } catch (error) {
    assert.ok(error instanceof AgentError && error.code === 'LANGUAGE_MODEL_INVALID', String(error));
    assert.match(error.message, /^some\/lm\.bin: /);
    return error.message;
  }
  return assert.fail('the file was taken');
}

/** The tiny model with one field of the header set. */
function withField(field: number, value: number): ArrayBuffer {
  const buffer = bytes();
  new DataView(buffer).setUint32(field, value, true);
  return buffer;
}

test('a file that is no whole model is refused by name and with what to do', () => {
  assert.match(refusal(new ArrayBuffer(0)), /is empty/);
  assert.match(
    refusal(new TextEncoder().encode('\\data\\\nngram 1=5\n').buffer as ArrayBuffer),
    /begins with EARNGRAM/,
  );
  assert.match(refusal(new ArrayBuffer(3)), /begins with EARNGRAM/);
  assert.match(refusal(withField(HEADER.version, 9)), /version 9, expected 1/);
  assert.match(refusal(withField(HEADER.order, 0)), /order is 0/);
  assert.match(refusal(withField(HEADER.wordCount, 3)), /no words/);
  assert.match(refusal(withField(HEADER.contextCount, 2 ** 31)), /not whole/);
});

test('a file cut anywhere, or too long, is refused', () => {
  const whole = bytes();
  for (let length = 0; length < whole.byteLength; length += 1) refusal(whole.slice(0, length));
  const longer = new Uint8Array(whole.byteLength + 1);
  longer.set(new Uint8Array(whole));
  refusal(longer.buffer);
});

test('a file with any bit turned is refused', () => {
  const whole = bytes();
  for (let at = 0; at < whole.byteLength; at += 1) {
    const damaged = whole.slice(0);
    new Uint8Array(damaged)[at]! ^= 1 << (at % 8);
    refusal(damaged);
  }
});
