import { type AlignedPair, align } from './alignment.ts';
import { totalErrors } from './error-counts.ts';
import type { Distribution } from './quantile.ts';
import type { RateSummary, Summary } from './summary.ts';
import { type Column, markdownTable, plainTable } from './table.ts';
import { splitWords } from './text-normalization.ts';
import type { UtteranceResult } from './utterance-result.ts';

const COLUMNS: readonly Column[] = [
  { title: 'dataset' },
  ...[
    ...['utts', 'min', 'words', 'WER %', '95 %', 'sub', 'ins', 'del', 'CER %', '95 %', 'RTF'],
    ...['word ms', 'p95', 'stable ms', 'p95', 'last word ms', 'p95', 'final ms', 'p95', 'churn', 'changed %'],
  ].map((title) => ({ title, align: 'right' as const })),
];

/** One row per data set and one for all, as a table for a terminal or as Markdown. */
export function summaryTable(summaries: readonly Summary[], format: 'plain' | 'markdown' = 'plain'): string {
  const rows = summaries.map(summaryCells);
  return format === 'plain' ? plainTable(COLUMNS, rows) : markdownTable(COLUMNS, rows);
}

/**
 * An utterance word by word in two aligned lines, `ref:` and `hyp:`. Wrong words are in capitals, a word that the
 * other side lacks stands over asterisks.
 */
export function alignedLines({ reference, hypothesis }: UtteranceResult): string {
  const pairs = align(splitWords(reference), splitWords(hypothesis)).map(alignedCells);
  const line = (side: 0 | 1) =>
    pairs
      .map((pair) => pair[side])
      .join(' ')
      .trimEnd();
  return `  ref: ${line(0)}\n  hyp: ${line(1)}`;
}

/** Heading of an utterance in a list of the worst. */
export function worstHeading({ file, words }: UtteranceResult): string {
  return `${file}: ${totalErrors(words)} of ${words.reference} words wrong`;
}

function summaryCells(summary: Summary): string[] {
  const { counts } = summary.wer;
  return [
    summary.name,
    String(summary.utterances),
    (summary.audioSeconds / 60).toFixed(1),
    String(counts.reference),
    ...rateCells(summary.wer),
    String(counts.substitutions),
    String(counts.insertions),
    String(counts.deletions),
    ...rateCells(summary.cer),
    summary.rtf === null ? '–' : summary.rtf.toFixed(3),
    ...latencyCells(summary.partialLatency),
    ...latencyCells(summary.stableLatency),
    ...latencyCells(summary.lastWordLatency),
    ...latencyCells(summary.finalLatency),
    summary.churn === null ? '–' : summary.churn.toFixed(2),
    summary.changedShare === null ? '–' : (summary.changedShare * 100).toFixed(1),
  ];
}

function rateCells({ rate, interval }: RateSummary): string[] {
  const percent = (share: number) => (share * 100).toFixed(1);
  return [
    rate === null ? '–' : percent(rate),
    interval === null ? '–' : `${percent(interval.low)}–${percent(interval.high)}`,
  ];
}

function latencyCells(latency: Distribution | null): string[] {
  const milliseconds = (seconds: number) => String(Math.round(seconds * 1000) || 0); // || 0: never -0
  return latency === null ? ['–', '–'] : [milliseconds(latency.p50), milliseconds(latency.p95)];
}

function alignedCells({ kind, reference, hypothesis }: AlignedPair): [string, string] {
  const width = Math.max(reference?.length ?? 0, hypothesis?.length ?? 0);
  const cell = (word: string | null) => {
    if (word === null) return '*'.repeat(width);
    return (kind === 'match' ? word : word.toUpperCase()).padEnd(width);
  };
  return [cell(reference), cell(hypothesis)];
}
