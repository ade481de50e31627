/**
 * Builds the lexicon of a model bundle from CMUdict (the npm package `cmu-pronouncing-dictionary`):
 *
 *     npx tsx scripts/lexicon/build.ts models/en-base
 *
 * Phoneme ids are the line numbers of the bundle's `tokens.phonemes.txt`. Writes `lexicon.bin` into the bundle.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lexicon } from '../../agent/decoder/lexicon.ts';
import { cmudict } from './cmudict.ts';
import { encodeLexicon } from './lexicon-file.ts';

const bundle = process.argv[2];
if (bundle === undefined) throw new Error('expected the folder of a model bundle, such as models/en-base');
const phonemeNames = readFileSync(join(bundle, 'tokens.phonemes.txt'), 'utf8').trimEnd().split('\n');
const path = join(bundle, 'lexicon.bin');
const buffer = encodeLexicon(cmudict(), phonemeNames);
writeFileSync(path, new Uint8Array(buffer));
const { size, pronunciationCount } = Lexicon.fromBuffer(buffer, path);
process.stdout.write(
  `${path}: ${size} words, ${pronunciationCount} pronunciations, ${buffer.byteLength} bytes\n`,
);
