/**
 * Normalises text for the trainer: reads lines on standard input, writes as many lines on standard output.
 *
 *   node --import tsx scripts/normalize-text.ts < sentences.txt
 *   node --import tsx scripts/normalize-text.ts --column text < manifest.tsv
 *
 * With `--column NAME` the input is a tab-separated table with a header: that column is replaced, the header
 * and the other columns stay as they are.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { normalizeText } from '../agent/evaluation/text-normalization.ts';

const { values } = parseArgs({ options: { column: { type: 'string' } } });

let column = -1;
const lines: string[] = [];
for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
  lines.push(values.column === undefined ? normalizeText(line) : normalizeRow(line, values.column));
}
process.stdout.write(lines.map((line) => `${line}\n`).join(''));

function normalizeRow(line: string, name: string): string {
  const cells = line.split('\t');
  if (column < 0) {
    column = cells.indexOf(name);
    if (column < 0) throw new Error(`Expected a column "${name}" in the header, got: ${cells.join(', ')}`);
    return line;
  }
  return cells.with(column, normalizeText(cells[column] ?? '')).join('\t');
}
