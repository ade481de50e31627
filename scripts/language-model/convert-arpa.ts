/**
 * Converts a model in ARPA format to the file that Earshot loads.
 *
 *   node --import tsx scripts/language-model/convert-arpa.ts MODEL.arpa lm.bin
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { refuseArguments, scriptArguments } from '../script-arguments.ts';
import { parseArpa } from './arpa.ts';
import { encodeModel } from './model-file.ts';
import { ngramCount } from './ngram-table.ts';

const {
  positionals: [arpaPath, outputPath],
} = scriptArguments(import.meta.filename, { allowPositionals: true });
if (arpaPath === undefined || outputPath === undefined) refuseArguments('expected: MODEL.arpa OUTPUT');
const table = parseArpa(readFileSync(arpaPath, 'utf8'));
const buffer = encodeModel(table);
writeFileSync(outputPath, new Uint8Array(buffer));
process.stdout.write(
  `${outputPath}: order ${table.levels.length}, ${ngramCount(table)} n-grams, ${buffer.byteLength} bytes\n`,
);
