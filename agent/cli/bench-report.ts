import type { Distribution } from '../evaluation/quantile.ts';
import { plainTable } from '../evaluation/table.ts';
import { type MachineFacts, machineText } from './machine.ts';
import type { LoadResult } from './stream-load.ts';
import { svgPlot } from './svg-plot.ts';

export interface BenchReport {
  readonly machine: MachineFacts;
  readonly model: string;
  readonly provider: string;
  readonly precision: string;
  readonly workers: number;
  /** Partial latency (95th percentile) that counts as too slow. */
  readonly limitMs: number;
  /** How long each number of streams was kept up. */
  readonly seconds: number;
  readonly loads: readonly LoadResult[];
}

/** Whether speakers get their words in time, and none are lost. */
export function isWithin({ partial, overrunSeconds }: LoadResult, limitMs: number): boolean {
  return partial !== null && partial.p95 <= limitMs && overrunSeconds === 0;
}

/** The most streams that were within the limit, or `null`. */
function mostStreams({ loads, limitMs }: BenchReport): number | null {
  return loads.findLast((load) => isWithin(load, limitMs))?.streams ?? null;
}

export function benchText(report: BenchReport): string {
  const titles = [
    'streams',
    'partial p50 ms',
    'p95',
    'max',
    'final p95 ms',
    'cores',
    'RTF',
    'batch',
    'RSS MiB',
  ];
  const columns = titles.map((title) => ({ title, align: 'right' as const }));
  const rows = report.loads.map((load) => [
    String(load.streams),
    ...cells(load.partial, ['p50', 'p95', 'max']),
    ...cells(load.final, ['p95']),
    load.cores.toFixed(2),
    load.rtf.toFixed(3),
    load.meanBatch.toFixed(1),
    load.rssMiB.toFixed(0),
  ]);
  const most = mostStreams(report);
  return [
    plainTable(columns, rows),
    `\nMost live streams with partials within ${report.limitMs} ms (95 %): ${most ?? 'none of those tried'}.`,
    modelText(report),
    machineText(report.machine),
  ].join('\n');
}

export function benchPlot(report: BenchReport): string {
  const points = (pick: (latency: Distribution) => number) =>
    report.loads.flatMap(({ streams, partial }) =>
      partial === null ? [] : [{ x: streams, y: pick(partial) }],
    );
  return svgPlot({
    title: `Live streams against partial latency: ${report.model}`,
    xTitle: 'streams at once',
    yTitle: 'ms from audio to partial',
    series: [
      { name: 'p95', points: points(({ p95 }) => p95) },
      { name: 'median', points: points(({ p50 }) => p50) },
    ],
    limit: { name: `limit ${report.limitMs} ms`, y: report.limitMs },
    caption: `${report.machine.cpu}, ${report.machine.cores} cores, Node ${report.machine.node}, commit ${report.machine.commit ?? '–'}, ${report.machine.date.slice(0, 10)}`,
  });
}

function modelText({ model, provider, precision, workers }: BenchReport): string {
  return `Model ${model}, ${precision} on ${provider}, ${workers} engine ${workers === 1 ? 'worker' : 'workers'}.`;
}

function cells(latency: Distribution | null, names: readonly ('p50' | 'p95' | 'max')[]): string[] {
  return names.map((name) => (latency === null ? '–' : latency[name].toFixed(0)));
}
