import { AgentError } from '../errors.ts';

/** One utterance to evaluate. */
export interface ManifestRow {
  /** Line of the manifest, counted from 1. */
  readonly line: number;
  /** Path of the recording, relative to the audio folder. */
  readonly file: string;
  /** The reference, as it was written: not normalised. */
  readonly text: string;
  /** Empty when the manifest has no such column. */
  readonly dataset: string;
  /** Empty when the manifest has no such column. */
  readonly split: string;
}

/** Which rows are wanted; an empty list wants all. */
export interface ManifestFilter {
  readonly datasets?: readonly string[];
  readonly splits?: readonly string[];
  /** At most this many rows, the first ones. */
  readonly limit?: number;
}

const REQUIRED = ['file', 'text'] as const;

/**
 * Reads a tab-separated table with a header. Columns are found by name, in any order: `file` and `text` must be
 * there, `dataset` and `split` may, others are left alone. No quoting: a cell ends at a tab or the line's end.
 * Throws `MANIFEST_INVALID` that names line and column. `name` is the file's name in messages.
 */
export function parseManifest(content: string, name: string): ManifestRow[] {
  const lines = content.replace(/^\ufeff/, '').split(/\r?\n/);
  const header = (lines[0] ?? '').split('\t').map((title) => title.trim());
  for (const column of REQUIRED) {
    if (header.includes(column)) continue;
    const got = header.join(', ') || 'an empty line';
    throw invalid(name, 1, `expected a tab-separated header with a column "${column}", got: ${got}`);
  }
  return lines.flatMap((line, index) => {
    return index === 0 || line.trim() === '' ? [] : [parseRow(line.split('\t'), header, { name, index })];
  });
}

/**
 * The rows that the filter wants, in the manifest's order. Throws `MANIFEST_INVALID` for a data set or split that
 * the manifest does not have, and when nothing is left.
 */
export function selectRows(
  rows: readonly ManifestRow[],
  { datasets = [], splits = [], limit = Number.POSITIVE_INFINITY }: ManifestFilter,
): ManifestRow[] {
  requireKnown('dataset', datasets, rows);
  requireKnown('split', splits, rows);
  const selected = rows.filter(
    ({ dataset, split }) =>
      (datasets.length === 0 || datasets.includes(dataset)) &&
      (splits.length === 0 || splits.includes(split)),
  );
  if (selected.length === 0) throw new AgentError('MANIFEST_INVALID', 'The manifest has no such rows.');
  return selected.slice(0, limit);
}

/** Rows, or what became of them, by data set, in the order in which each is first named. */
export function byDataset<Row extends { readonly dataset: string }>(
  rows: readonly Row[],
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.dataset);
    if (group === undefined) groups.set(row.dataset, [row]);
    else group.push(row);
  }
  return groups;
}

function parseRow(
  cells: readonly string[],
  header: readonly string[],
  { name, index }: { name: string; index: number },
): ManifestRow {
  const line = index + 1;
  if (cells.length > header.length) {
    throw invalid(name, line, `expected ${header.length} columns as in the header, got ${cells.length}`);
  }
  const cell = (title: string) => cells[header.indexOf(title)];
  for (const column of REQUIRED) {
    if (cell(column) === undefined) throw invalid(name, line, `column "${column}" is missing`);
  }
  const file = cell('file')!.trim();
  if (file === '') throw invalid(name, line, 'column "file" is empty');
  return { line, file, text: cell('text')!, dataset: cell('dataset') ?? '', split: cell('split') ?? '' };
}

function requireKnown(
  column: 'dataset' | 'split',
  wanted: readonly string[],
  rows: readonly ManifestRow[],
): void {
  const known = new Set(rows.map((row) => row[column]));
  const unknown = wanted.find((value) => !known.has(value));
  if (unknown === undefined) return;
  const there = [...known].filter((value) => value !== '').join(', ') || 'none';
  throw new AgentError('MANIFEST_INVALID', `The manifest has no ${column} "${unknown}". It has: ${there}.`);
}

function invalid(name: string, line: number, problem: string): AgentError {
  return new AgentError('MANIFEST_INVALID', `${name}, line ${line}: ${problem}.`, { fields: { name, line } });
}
