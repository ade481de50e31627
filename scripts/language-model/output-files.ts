import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SPECIAL_WORDS } from '../../agent/decoder/ngram-format.ts';
import { formatArpa } from './arpa.ts';
import type { WordCounter } from './corpus.ts';
import { encodeModel } from './model-file.ts';
import type { NgramTable } from './ngram-table.ts';

/** Writes the model for Earshot and, when asked for, its ARPA text; gives the bytes of the first. */
export async function writeModel(
  table: NgramTable,
  { output, arpa }: { output: string; arpa: string | null },
): Promise<number> {
  const buffer = encodeModel(table);
  await writeFile(output, new Uint8Array(buffer));
  if (arpa !== null) await pipeline(Readable.from(formatArpa(table)), createWriteStream(arpa));
  return buffer.byteLength;
}

/** Writes each word of the model with its count in the text, the most frequent first, separated by a tab. */
export async function writeWordCounts(
  path: string,
  counter: WordCounter,
  words: readonly string[],
): Promise<void> {
  const counted = counter.byCount();
  const counts = new Map(counted.map(({ word, count }) => [word, count]));
  const rows = words.slice(SPECIAL_WORDS.length).map((word) => ({ word, count: counts.get(word) ?? 0 }));
  rows.sort((a, b) => b.count - a.count);
  await writeFile(path, rows.map(({ word, count }) => `${word}\t${count}\n`).join(''));
}
