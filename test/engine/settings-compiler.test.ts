import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pronouncer } from '../../agent/decoder/pronouncer.ts';
import type { SettingsTexts } from '../../agent/decoder/settings-texts.ts';
import { speakHotwords } from '../../agent/decoder/spoken-hotwords.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { phraseSayings } from '../../agent/engine/command-words.ts';
import { SettingsCompiler } from '../../agent/engine/settings-compiler.ts';
import { normalizeText } from '../../agent/evaluation/text-normalization.ts';

const PHONEMES = TokenTable.parse('A\n<blank>\nB', { blank: 1, wordBoundary: null });
const SPELLING = TokenTable.parse('<blank>\n▁\na\nb', { blank: 0, wordBoundary: '▁' });
const NOTHING: SettingsTexts = { task: null, hotwords: null, wakePhrases: null };

/** A compiler whose lexicon has the word `call` only, and the words that it had to guess. */
function harness() {
  const guesses: string[] = [];
  const letterToSound = {
    pronounce: (word: string) => {
      guesses.push(word);
      return [{ phonemes: [...word].map(() => 0), logProb: 0 }];
    },
  };
  const pronouncer = new Pronouncer({
    lexicon: {
      phonemeNames: ['A', '<blank>', 'B'],
      lookup: (word: string) => (word === 'call' ? 0 : -1),
      pronunciations: () => [[0, 2]],
    },
    letterToSound,
    user: new Map(),
    normalize: normalizeText,
    letterNames: new Map([['a', ['B']]]),
  } as never);
  const heads = new Map([
    ['phonemes', PHONEMES],
    ['characters', SPELLING],
  ]);
  const resources = { heads, spellingHead: 'characters', normalize: normalizeText };
  const compiler = new SettingsCompiler(resources, pronouncer);
  return { compiler, guesses, phrases: phraseSayings(resources, pronouncer) };
}

const hotwordsOf = (...texts: string[]) => ({ list: texts.map((text) => ({ text })), boost: 4, max: 1000 });

test('hotwords and wake phrases are compiled to what a decoder would make of them, and words read once', () => {
  const { compiler, guesses, phrases } = harness();
  const hotwords = hotwordsOf('AA call', 'aa call', "Aba's");
  const wakePhrases = [{ text: 'aaaa call', threshold: 0.25 }];
  const compiled = compiler.compile({ ...NOTHING, hotwords, wakePhrases });
  assert.deepEqual(guesses, ['aa', "aba's", 'aaaa']);
  assert.deepEqual(compiled, {
    commands: null,
    hotwords: speakHotwords(hotwords, phrases.words),
    wakePhrases: [{ ...wakePhrases[0]!, sayings: [[0, 0, 0, 0, 0, 2]], spelling: null }],
  });
  const [capitals, small] = compiled.hotwords!.map(({ words }) => words[0]!.sayings);
  assert.deepEqual(
    [capitals, small],
    [
      [
        [2, 2],
        [0, 0],
      ],
      [[0, 0]],
    ],
  );
});

test('the letters that no dictionary has are bounded, of hotwords and of wake phrases, before any is read', () => {
  const { compiler, guesses } = harness();
  const texts = Array.from({ length: 500 }, (_, index) => {
    const start = index.toString(2).padStart(9, '0').replaceAll('0', 'a').replaceAll('1', 'b');
    return `call ${start}${'c'.repeat(80)}`;
  });
  const message = /such as "\w+", have \d+ letters; expected at most 40000: make lists of names shorter/;
  const long = hotwordsOf(...texts);
  assert.throws(() => compiler.compile({ ...NOTHING, hotwords: long }), { code: 'HOTWORD_LIMIT', message });
  assert.throws(() => compiler.compile({ ...NOTHING, hotwords: { ...long, max: 499 } }), {
    code: 'HOTWORD_LIMIT',
    message: /^500 hotwords came/,
  });
  assert.throws(() => compiler.compile({ ...NOTHING, hotwords: hotwordsOf(...texts, 'a'.repeat(1e6)) }), {
    code: 'HOTWORD_INVALID',
    message: /1000000 characters/,
  });
  const wakePhrases = texts.map((text) => ({ text, threshold: 0.5 }));
  assert.throws(() => compiler.compile({ ...NOTHING, wakePhrases }), { code: 'WAKE_PHRASE', message });
  assert.deepEqual(guesses, []);
  compiler.compile({ ...NOTHING, hotwords: hotwordsOf(...texts.map(() => 'call abba')) });
  assert.deepEqual(guesses, ['abba']);
});
