import { type ErrorCounts, wordErrors } from '../../agent/evaluation/error-counts.ts';
import { byDataset } from '../../agent/evaluation/manifest.ts';
import { rateSummary } from '../../agent/evaluation/summary.ts';
import { markdownNumbers } from '../../agent/evaluation/table.ts';
import { normalizeText, splitWords } from '../../agent/evaluation/text-normalization.ts';

/** A recording, and how much of what a system heard in it was wrong. */
export interface HeardRecording {
  readonly file: string;
  readonly dataset: string;
  readonly words: ErrorCounts;
}

/** What a system heard in recordings. */
export interface System {
  readonly name: string;
  readonly recordings: readonly HeardRecording[];
  /** Seconds of computing, on one thread, for each second of sound. */
  readonly rtf: number | null;
}

interface EvalResults {
  readonly results: readonly HeardRecording[];
  readonly summaries: readonly { readonly rtf: number | null }[];
}

/** The results of `earshot eval --json`. */
export function systemOfResults(name: string, content: string): System {
  const { results, summaries } = JSON.parse(content) as EvalResults;
  return { name, recordings: results, rtf: summaries.at(-1)?.rtf ?? null };
}

/** The rows that `transcribe.py` wrote; both texts are normalised as `earshot eval` does it. */
export function systemOfTable(name: string, content: string): System {
  const [header = '', ...lines] = content.trimEnd().split('\n');
  const titles = header.split('\t');
  const rows = lines.map((line) => {
    const cells = line.split('\t');
    return (title: string) => cells[titles.indexOf(title)] ?? '';
  });
  const words = (text: string) => splitWords(normalizeText(text));
  const recordings = rows.map((cell) => ({
    file: cell('file'),
    dataset: cell('dataset'),
    words: wordErrors(words(cell('text')), words(cell('heard'))),
  }));
  const total = (title: string) => rows.reduce((sum, cell) => sum + Number(cell(title)), 0);
  return { name, recordings, rtf: total('processor_seconds') / total('seconds') };
}

/**
 * Words wrong in %, with their 95 % intervals, as a Markdown table: a row a data set, or several that are read together, and
 * one for all. Compared are the recordings that the first system heard.
 * @param together names of data sets that have one row
 * @throws {Error} when another system did not hear all of them
 */
export function errorRateTable(systems: readonly System[], together: readonly (readonly string[])[]): string {
  const compared = onSameRecordings(systems);
  const groupOf = (dataset: string) =>
    (together.find((names) => names.includes(dataset)) ?? [dataset]).join(', ');
  const groups = [...new Set(compared[0]!.recordings.map(({ dataset }) => groupOf(dataset)))];
  const columns = compared.map(({ recordings }) =>
    byDataset(recordings.map((each) => ({ ...each, dataset: groupOf(each.dataset) }))),
  );
  const rows = groups.map((group) => {
    const cells = columns.map((byGroup) => rateCell(byGroup.get(group)!));
    return [group, String(columns[0]!.get(group)!.length), ...cells];
  });
  return markdownNumbers(
    ['data set', 'recordings', ...compared.map(({ name }) => name)],
    [
      ...rows,
      [
        'all',
        String(compared[0]!.recordings.length),
        ...compared.map(({ recordings }) => rateCell(recordings)),
      ],
      ['computing, s a second of sound', '', ...compared.map(({ rtf }) => rtf?.toFixed(3) ?? '–')],
    ],
  );
}

function rateCell(recordings: readonly HeardRecording[]): string {
  const { rate, interval } = rateSummary(recordings.map(({ words }) => words));
  if (rate === null || interval === null) return '–';
  const percent = (share: number) => (share * 100).toFixed(1);
  return `${percent(rate)} (${percent(interval.low)}–${percent(interval.high)})`;
}

function onSameRecordings(systems: readonly System[]): System[] {
  const wanted = systems[0]!.recordings.map(({ file }) => file);
  return systems.map((system) => {
    const heard = new Map(system.recordings.map((each) => [each.file, each]));
    const missing = wanted.find((file) => !heard.has(file));
    if (missing !== undefined) {
      throw new Error(
        `Expected ${system.name} to have heard all recordings that ${systems[0]!.name} did, got none of ${missing}.`,
      );
    }
    return { ...system, recordings: wanted.map((file) => heard.get(file)!) };
  });
}
