import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../agent/config.ts';
import type { RecognitionTask } from '../../agent/decoder/create-decoder.ts';
import { settingsTextsOf } from '../../agent/decoder/settings-texts.ts';

const { wake } = defaultConfig();
const hotwords = { list: [{ text: 'Siobhan' }], boost: 4, max: 200 };
const commands = { type: 'commands', grammars: [] } as const;
const dictation = { type: 'dictation' } as const;
const phrases = [{ text: 'hello there' }, { text: 'good morning', threshold: 0.25 }];
const wakePhrases = [{ text: 'hello there', threshold: wake.threshold }, phrases[1]];

const textsOf = (task: RecognitionTask, search: 'lexicon' | 'beam' | 'greedy' = 'lexicon', list = hotwords) =>
  settingsTextsOf({ task, search, hotwords: list, wake });

test('what takes long of dictation is its hotwords, through the lexicon only', () => {
  assert.deepEqual(textsOf(dictation), { task: null, hotwords, wakePhrases: null });
  assert.equal(textsOf(dictation, 'lexicon', { ...hotwords, list: [] }), null);
  assert.equal(textsOf(dictation, 'beam'), null);
  assert.equal(textsOf(dictation, 'greedy'), null);
});

test('commands have no hotwords', () => {
  assert.deepEqual(textsOf(commands), { task: commands, hotwords: null, wakePhrases: null });
});

test('behind a wake phrase there is dictation with hotwords, commands or nothing', () => {
  assert.deepEqual(textsOf({ type: 'wake', phrases }), { task: null, hotwords, wakePhrases });
  assert.deepEqual(textsOf({ type: 'wake', phrases, listenFor: dictation }, 'beam'), {
    task: null,
    hotwords: null,
    wakePhrases,
  });
  assert.deepEqual(textsOf({ type: 'wake', phrases, listenFor: commands }), {
    task: commands,
    hotwords: null,
    wakePhrases,
  });
  assert.deepEqual(textsOf({ type: 'wake', phrases, listenFor: null }), {
    task: null,
    hotwords: null,
    wakePhrases,
  });
});
