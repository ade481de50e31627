import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { defaultConfig } from '../../agent/config.ts';
import { loadDecoderResources } from '../../agent/engine/load-decoder-resources.ts';
import { loadPronouncer } from '../../agent/engine/load-pronouncer.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { copyBundle } from '../support/tiny-bundle.ts';
import { lexiconFile } from '../support/tiny-lexicon.ts';

/** The tiny model as one of French: five letters that French hardly needs are some with accents. */
function frenchBundle(t: TestContext): string {
  const folder = copyBundle(t, (description) => {
    description.language = 'fr-FR';
    description.lexicon = 'lexicon.bin';
  });
  const path = join(folder, 'tokens.characters.txt');
  const accented: Record<string, string> = { k: 'é', w: 'è', x: 'à', y: 'ç', z: 'ù' };
  const tokens = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, tokens.map((token) => accented[token] ?? token).join('\n'));
  const phonemes = readFileSync(join(folder, 'tokens.phonemes.txt'), 'utf8').trimEnd().split('\n');
  const words = `été eh t iy\ncinq s eh n k\nl'eau uw`;
  writeFileSync(join(folder, 'lexicon.bin'), new Uint8Array(lexiconFile(words, phonemes)));
  return folder;
}

test('the words of a French model are those of French rules', async (t) => {
  const resources = loadDecoderResources(await loadBundle(frenchBundle(t)), null);
  const words = resources.spelledWords('Été 5, L’eau');
  assert.deepEqual(
    words.map(({ text }) => text),
    ['été', 'cinq', "l'eau"],
  );
  assert.ok(words.every(({ sayings }) => sayings.length > 0));
});

test('grammars of a French model are read by French rules', async (t) => {
  const resources = loadDecoderResources(await loadBundle(frenchBundle(t)), null);
  const text = 'intents:\n  Drink: ["(été|5|l’eau)"]\n';
  const { graph } = resources.compileCommands([{ name: 'boire', text }]);
  assert.deepEqual(
    graph.intents.map(({ name }) => name),
    ['Drink'],
  );
});

test('words are looked up as French spells them', async (t) => {
  const pronouncer = await loadPronouncer(await loadBundle(frenchBundle(t)), '');
  const said = (text: string) =>
    pronouncer.pronounce(text, 1).map(({ phonemes }) => pronouncer.phonemeText(phonemes));
  assert.deepEqual([said('Été'), said('5'), said('L’eau')], [['eh t iy'], ['s eh n k'], ['uw']]);
});

test('the engine loads a French bundle and says so', async (t) => {
  const config = defaultConfig();
  const engine = await Recognizer.load(frenchBundle(t), {
    ...config,
    engine: { ...config.engine, workers: 1 },
  });
  try {
    assert.equal(engine.stats().language, 'fr-FR');
  } finally {
    await engine.close();
  }
});
