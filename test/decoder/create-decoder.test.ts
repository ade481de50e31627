import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../agent/config.ts';
import { createDecoder, createWakeSearch } from '../../agent/decoder/create-decoder.ts';
import type { AgentError } from '../../agent/errors.ts';
import { letterTable } from './log-probs.ts';

const config = defaultConfig();
const options = {
  ...config.decoder,
  commands: config.commands,
  wake: { ...config.wake, refractorySteps: 30, pauseSteps: 12 },
  task: { type: 'dictation' },
  stableAfterSteps: 50,
} as const;

const resources = {
  heads: new Map([['characters', letterTable(4)]]),
  spellingHead: 'characters',
  languageModel: null,
  lexicon: null,
  pronunciations: null,
  compileCommands: () => assert.fail('dictation compiled a grammar'),
  phrases: {
    head: 'characters',
    sayings: (text: string) => (text === '?' ? [] : [[...text].map((letter) => letter.charCodeAt(0) - 96)]),
  },
};

test('searches that spell read the spelling head', () => {
  for (const search of ['greedy', 'beam'] as const) {
    const { head, rowLength } = createDecoder(resources, { ...options, search });
    assert.deepEqual([head, rowLength], ['characters', 4]);
  }
});

test('a model without lexicon can not be searched through one', () => {
  assert.throws(() => createDecoder(resources, { ...options, search: 'lexicon' }), {
    code: 'CONFIG_INVALID',
    message: /no lexicon or no language model/,
  });
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
