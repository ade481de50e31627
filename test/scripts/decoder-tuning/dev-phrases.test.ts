import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pronouncer } from '../../../agent/decoder/pronouncer.ts';
import { normalizerOf } from '../../../agent/evaluation/language-rules.ts';
import type { ManifestRow } from '../../../agent/evaluation/manifest.ts';
import { firstWords, wholeTexts } from '../../../scripts/decoder-tuning/dev-phrases.ts';

const normalize = normalizerOf('fr');
const rows = ['Été 21', 'été vingt et un !', 'Où est-il ?'].map((text) => ({ text }) as ManifestRow);

test('texts that are said alone are those of the language, however they are written', () => {
  assert.deepEqual(wholeTexts(rows, normalize, 2), [{ text: 'été vingt et un', said: [0, 1] }]);
});

test('first words keep the accents of the language', () => {
  const asManyAsLetters = {
    pronounce: (text: string) => [{ phonemes: [...text.replaceAll(' ', '')] }],
  } as unknown as Pronouncer;
  const phrases = firstWords(rows, { pronouncer: asManyAsLetters, normalize }, 10);
  assert.deepEqual(
    phrases.map(({ text }) => text),
    ['été vingt', 'où est il'],
  );
});
