import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../agent/config.ts';
import {
  createDecoder,
  createWakeSearch,
  type DecoderOptions,
  lexiconSearchOptions,
} from '../../agent/decoder/create-decoder.ts';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { WordSpellings } from '../../agent/decoder/word-spellings.ts';
import type { AgentError } from '../../agent/errors.ts';
import { normalizeText } from '../../agent/evaluation/text-normalization.ts';
import { parseArpa } from '../../scripts/language-model/arpa.ts';
import { encodeModel } from '../../scripts/language-model/model-file.ts';
import { letterTable, normalised } from './log-probs.ts';
import { resources as tinyResources } from './tiny-lexicon-search.ts';

const WORDS = TokenTable.parse('<blank>\n▁\na\nb', { blank: 0, wordBoundary: '▁' });
const ARPA = '\\data\\\nngram 1=5\n\\1-grams:\n-3\t<unk>\n-99\t<s>\n-1\t</s>\n-2\ta\n-1\tb\n\\end\\\n';

const config = defaultConfig();
const options = {
  ...config.decoder,
  commands: config.commands,
  wake: { ...config.wake, refractorySteps: 30, pauseSteps: 12 },
  task: { type: 'dictation' },
  stableAfterSteps: 50,
  certainAfterSteps: 0,
} as const;

const resources = {
  heads: new Map([['characters', letterTable(4)]]),
  normalize: normalizeText,
  spellingHead: 'characters',
  languageModel: null,
  lexicon: null,
  pronunciations: null,
  wordSpellings: null,
  compileCommands: () => assert.fail('dictation compiled a grammar'),
  compilePhrases: () => assert.fail('dictation compiled a grammar'),
  phrases: {
    head: 'characters',
    sayings: (text: string) => (text === '?' ? [] : [[...text].map((letter) => letter.charCodeAt(0) - 96)]),
    words: () => [],
    spelling: () => null,
  },
  spelledWords: (text: string) => [{ text, sayings: [[3, 1, 2]] }],
};

test('searches that spell read the spelling head', () => {
  for (const search of ['greedy', 'beam'] as const) {
    const { heads } = createDecoder(resources, { ...options, search });
    assert.deepEqual(heads, [{ name: 'characters', length: 4 }]);
  }
});

test('the search that spells takes hotwords, the greedy one refuses them', () => {
  const hotwords = { list: [{ text: 'ab' }], boost: 4, max: 1 };
  createDecoder(resources, { ...options, search: 'beam', hotwords });
  assert.throws(() => createDecoder(resources, { ...options, search: 'greedy', hotwords }), {
    code: 'HOTWORD_INVALID',
    message: /greedy takes no hotwords/,
  });
  createDecoder(resources, { ...options, search: 'greedy', hotwords: { ...hotwords, list: [] } });
});

test('a model without lexicon can not be searched through one', () => {
  assert.throws(() => createDecoder(resources, { ...options, search: 'lexicon' }), {
    code: 'SEARCH_UNAVAILABLE',
    message: /no lexicon or no language model/,
  });
});

test('the search through the lexicon reads the head that spells too where letters have a say', () => {
  const spelled = {
    ...resources,
    heads: new Map([
      ['phonemes', tinyResources.tokens],
      ['characters', WORDS],
    ]),
    languageModel: tinyResources.model,
    lexicon: tinyResources.lexicon,
    pronunciations: { tree: tinyResources.tree, head: 'phonemes' },
    wordSpellings: new WordSpellings(tinyResources.lexicon.size, WORDS),
  };
  const headsOf = (change: Partial<Omit<DecoderOptions, 'task'>>) => {
    return createDecoder(spelled, { ...options, search: 'lexicon', ...change }).heads;
  };
  const phonemes = { name: 'phonemes', length: tinyResources.tokens.size };
  const characters = { name: 'characters', length: WORDS.size };
  const spelling = { weight: 0.3, letterBonus: 1 };
  assert.deepEqual(headsOf({ spelling }), [phonemes, characters]);
  assert.deepEqual(headsOf({ spelling, spellingWeight: 0 }), [phonemes]);
  assert.deepEqual(headsOf({}), [phonemes]);
});

test('letters spell unknown words as the bundle advises, unless the configuration forbids it', () => {
  const unknownWords = { maxConfidence: 0.3, minLetterProbability: 0.6 };
  const advised = { ...options, spelling: { weight: 0.3, letterBonus: 1, unknownWords }, spellingWeight: 2 };
  const spellingOf = (spellUnknownWords: boolean) =>
    lexiconSearchOptions({ ...advised, spellUnknownWords }).spelling;
  assert.deepEqual(spellingOf(true), { weight: 0.6, letterBonus: 1, unknownWords });
  assert.deepEqual(spellingOf(false), { weight: 0.6, letterBonus: 1, unknownWords: undefined });
});

test('a model without language model can not spell with one', () => {
  assert.throws(
    () => createDecoder(resources, { ...options, search: 'beam', beamLanguageModelWeight: 0.3 }),
    {
      code: 'CONFIG_INVALID',
      message: /no language model/,
    },
  );
});

test('the language model has a say in the beam search when it has a weight', () => {
  const languageModel = NgramModel.fromBuffer(encodeModel(parseArpa(ARPA)));
  const spelled = (beamLanguageModelWeight: number) => {
    const { decoder } = createDecoder(
      { ...resources, heads: new Map([['characters', WORDS]]), languageModel },
      { ...options, search: 'beam', beamLanguageModelWeight },
    );
    decoder.accept(normalised([[1, 1, 60, 40]]), 1);
    decoder.end();
    return decoder.best().words.map(({ text }) => text);
  };
  assert.deepEqual([spelled(0), spelled(1)], [['a'], ['b']]);
});

test('a wake phrase is looked for in the letters too where it has a spelling that counts', () => {
  const task = { type: 'wake', phrases: [{ text: 'abcab' }] } as const;
  const spelled = {
    ...resources,
    heads: new Map([...resources.heads, ['letters', WORDS]]),
    spellingHead: 'letters',
  };
  const headsOf = (spelling: number[] | null, spellingWeight: number) => {
    const wake = { ...options.wake, spellingWeight };
    const phrases = { ...spelled.phrases, spelling: () => spelling };
    return createWakeSearch({ ...spelled, phrases }, task, { ...options, wake }).spotter.heads;
  };
  const [sounds, letters] = [...spelled.heads].map(([name, { size }]) => ({ name, length: size }));
  assert.deepEqual(headsOf([2, 3], 0.2), [sounds, letters]);
  assert.deepEqual(headsOf([2, 3], 0), [sounds]);
  assert.deepEqual(headsOf(null, 0.2), [sounds]);
});

test('a wake phrase that is too short or can not be said is refused', () => {
  for (const [text, got] of [
    ['ab', 'got 2'],
    ['?', 'got none that can be said'],
  ] as const) {
    const task = { type: 'wake', phrases: [{ text: 'abcab' }, { text }] } as const;
    assert.throws(
      () => createWakeSearch(resources, task, { ...options, search: 'greedy' }),
      (error: AgentError) => error.code === 'WAKE_PHRASE' && error.message.includes(got),
    );
  }
});
