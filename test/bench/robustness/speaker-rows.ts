import { readFileSync } from 'node:fs';
import { type ManifestRow, parseManifest } from '../../../agent/evaluation/manifest.ts';
import { seededRandom } from '../../../agent/evaluation/random.ts';

/** A recording of a manifest that says who speaks. */
export interface SpeakerRow extends ManifestRow {
  /** As the data set calls the speaker; empty when it does not. */
  readonly speaker: string;
}

/** The rows of the manifest at `path` with the column `speaker`. */
export function readSpeakerRows(path: string): SpeakerRow[] {
  const content = readFileSync(path, 'utf8');
  const lines = content.split(/\r?\n/);
  const column = lines[0]!.split('\t').indexOf('speaker');
  return parseManifest(content, path).map((row) => ({
    ...row,
    speaker: lines[row.line - 1]!.split('\t')[column] ?? '',
  }));
}

/** The rows in an order that is the same in every run. */
export function shuffled<Row>(rows: readonly Row[]): Row[] {
  const random = seededRandom(1);
  const keyed = rows.map((row) => ({ row, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ row }) => row);
}
