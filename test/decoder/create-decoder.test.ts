import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../agent/config.ts';
import { createDecoder } from '../../agent/decoder/create-decoder.ts';
import { letterTable } from './log-probs.ts';

const config = defaultConfig();
const options = {
  ...config.decoder,
  commands: config.commands,
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
