/**
 * Normalises text for the trainer: reads lines on standard input, writes as many lines on standard output.
 *
 *   node --import tsx scripts/normalize-text.ts < sentences.txt
 *   node --import tsx scripts/normalize-text.ts --language fr < phrases.txt
 *   node --import tsx scripts/normalize-text.ts --column text < manifest.tsv
 *
 * With `--column NAME` the input is a tab-separated table with a header: that column is replaced, the header
 * and the other columns stay as they are.
 */
import { createInterface } from 'node:readline';
import { KNOWN_LANGUAGES, normalizerOf } from '../agent/evaluation/language-rules.ts';
import { refuseArguments, scriptArguments } from './script-arguments.ts';

const { values } = scriptArguments(import.meta.filename, {
  options: { column: { type: 'string' }, language: { type: 'string', default: 'en' } },
});
if (!KNOWN_LANGUAGES.includes(values.language)) {
  refuseArguments(`expected --language to be one of ${KNOWN_LANGUAGES.join(', ')}, got: ${values.language}`);
}
const normalize = normalizerOf(values.language);

let column = -1;
const lines: string[] = [];
for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
  lines.push(values.column === undefined ? normalize(line) : normalizeRow(line, values.column));
}
process.stdout.write(lines.map((line) => `${line}\n`).join(''));

function normalizeRow(line: string, name: string): string {
  const cells = line.split('\t');
  if (column < 0) {
    column = cells.indexOf(name);
    if (column < 0) throw new Error(`Expected a column "${name}" in the header, got: ${cells.join(', ')}`);
    return line;
  }
  return cells.with(column, normalize(cells[column] ?? '')).join('\t');
}
