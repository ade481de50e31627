/**
 * Builds the lexicon of a model bundle from CMUdict (the npm package `cmu-pronouncing-dictionary`), or from a dictionary
 * that `python -m training.dictionary` wrote:
 *
 *     npx tsx scripts/lexicon/build.ts models/en-base
 *     npx tsx scripts/lexicon/build.ts models/fr-small --dictionary runs/dictionary.txt
 *
 * Phoneme ids are the line numbers of the bundle's `tokens.phonemes.txt`. Writes `lexicon.bin` into the bundle.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lexicon } from '../../agent/decoder/lexicon.ts';
import { refuseArguments, scriptArguments } from '../script-arguments.ts';
import { openDictionary } from './dictionary-file.ts';
import { encodeLexicon } from './lexicon-file.ts';

const { values, positionals } = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: { dictionary: { type: 'string' } },
});
const [bundle] = positionals;
if (bundle === undefined) refuseArguments('expected the folder of a model bundle, such as models/en-base');
const phonemeNames = readFileSync(join(bundle, 'tokens.phonemes.txt'), 'utf8').trimEnd().split('\n');
const path = join(bundle, 'lexicon.bin');
const buffer = encodeLexicon(openDictionary(values.dictionary), phonemeNames);
writeFileSync(path, new Uint8Array(buffer));
const { size, pronunciationCount } = Lexicon.fromBuffer(buffer, path);
process.stdout.write(
  `${path}: ${size} words, ${pronunciationCount} pronunciations, ${buffer.byteLength} bytes\n`,
);
