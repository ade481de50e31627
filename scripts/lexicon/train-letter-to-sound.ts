/**
 * Learns letter-to-sound from CMUdict, or from a dictionary that `python -m training.dictionary` wrote (`--dictionary`):
 *
 *     npx tsx scripts/lexicon/train-letter-to-sound.ts models/en-base
 *
 * writes `letter-to-sound.bin` into the bundle, learned from all words. With `--evaluate` it learns from nine tenths of
 * the words instead (see `held-out.ts`), writes nothing, and prints the error rates on `--words` (default 2000) of the rest.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LetterToSound } from '../../agent/decoder/letter-to-sound.ts';
import { refuseArguments, scriptArguments } from '../script-arguments.ts';
import { openDictionary } from './dictionary-file.ts';
import { buildGraphoneModel } from './graphone-model.ts';
import { splitDictionary } from './held-out.ts';
import { phonemeErrors } from './phoneme-errors.ts';

const OPTIONS = { order: 7, maxNgrams: 150_000, alignmentRounds: 5, minGraphoneCount: 4 };
/** Ways to say a word of which one may be right. */
const ALTERNATIVES = 4;

const { values, positionals } = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: {
    dictionary: { type: 'string' },
    evaluate: { type: 'boolean' },
    words: { type: 'string', default: '2000' },
  },
});
const [bundle] = positionals;
const dictionary = openDictionary(values.dictionary);
if (bundle === undefined) refuseArguments('expected the folder of a model bundle, such as models/en-base');
if (values.evaluate) evaluate(bundle, Number(values.words));
else write(join(bundle, 'letter-to-sound.bin'));

function write(path: string): void {
  const buffer = buildGraphoneModel(dictionary, OPTIONS);
  writeFileSync(path, new Uint8Array(buffer));
  process.stdout.write(`${path}: ${buffer.byteLength} bytes\n`);
}

function evaluate(folder: string, count: number): void {
  const names = readFileSync(join(folder, 'tokens.phonemes.txt'), 'utf8').trimEnd().split('\n');
  const { train, heldOut } = splitDictionary(dictionary);
  const buffer = buildGraphoneModel(train, OPTIONS);
  const model = LetterToSound.fromBuffer(buffer, names);
  const apart = Math.max(1, Math.floor(heldOut.size / count));
  const words = [...heldOut].filter((_, index) => index % apart === 0);
  const guesses = words.map(([word]) =>
    model.pronounce(word, ALTERNATIVES).map(({ phonemes }) => phonemes.map((id) => names[id]!)),
  );
  const { wrongWords, missedWords, edits, phonemes } = phonemeErrors(
    words.map(([, right], i) => ({ right, guesses: guesses[i]! })),
  );
  const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
  process.stdout.write(
    [
      `learned from ${train.size} words, ${buffer.byteLength} bytes; ${words.length} of ${heldOut.size} others:`,
      `  words with an error in the best guess        ${percent(wrongWords, words.length)}`,
      `  words with an error in all of ${ALTERNATIVES} guesses      ${percent(missedWords, words.length)}`,
      `  phoneme errors of the best guess             ${percent(edits, phonemes)}`,
      '',
    ].join('\n'),
  );
}
