import { plainTable } from '../evaluation/table.ts';
import {
  alarmsPerHour,
  missedShare,
  mostAlarmsPerHour,
  proposedPoint,
  type WakeCurve,
  type WakePoint,
} from '../evaluation/wake-curve.ts';
import type { Plot, PlotSeries } from './svg-plot.ts';

/** What `earshot wake` has found out about a phrase. */
export interface WakeReport {
  readonly phrase: string;
  readonly curve: WakeCurve;
  /** False alarms an hour that are asked for. */
  readonly alarmsPerHour: number;
  /** What it was measured with. */
  readonly caption: string;
}

/** More alarms an hour than so many times those that are asked for are left out of the plot. */
const PLOTTED_ALARMS = 8;
/** Thresholds of the table. */
const SHOWN = new Set([0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]);

/** The table and what follows from it, for people. */
export function wakeText(report: WakeReport): string {
  const { curve } = report;
  const proposed = proposedPoint(curve, report.alarmsPerHour);
  const columns = [
    { title: 'threshold', align: 'right' } as const,
    ...(curve.recordings > 0 ? (['missed', 'missed %'] as const) : []).map(rightColumn),
    ...(curve.hours > 0 ? (['false alarms', 'an hour'] as const) : []).map(rightColumn),
    { title: '' },
  ];
  const rows = curve.points
    .filter((point) => SHOWN.has(point.threshold) || point === proposed)
    .map((point) => [
      point.threshold.toFixed(3),
      ...(curve.recordings > 0 ? [String(point.missed), percent(missedShare(curve, point))] : []),
      ...(curve.hours > 0 ? [String(point.falseAlarms), fixed(alarmsPerHour(curve, point))] : []),
      point === proposed ? '← proposed' : '',
    ]);
  return [plainTable(columns, rows), '', ...basis(report), ...proposalLines(report, proposed)].join('\n');
}

/** What was measured on. */
function basis({ phrase, curve }: WakeReport): string[] {
  const parts = [
    ...(curve.recordings > 0 ? [`${counted(curve.recordings, 'recording')} of it`] : []),
    ...(curve.hours > 0 ? [`${curve.hours.toFixed(2)} hours without it`] : []),
  ];
  return [`“${phrase}”: ${parts.join(', ')}.`];
}

function proposalLines(report: WakeReport, proposed: WakePoint | null): string[] {
  const { curve, alarmsPerHour: wanted, phrase } = report;
  if (curve.hours === 0)
    return [
      'Without a background (--background) no threshold can be proposed: nobody knows the false alarms.',
    ];
  if (proposed === null) {
    return [
      `At no threshold are there at most ${wanted} false alarms an hour: take a longer phrase, or one of rarer sounds.`,
    ];
  }
  const most = mostAlarmsPerHour(proposed.falseAlarms ?? 0, curve.hours);
  const setting = JSON.stringify([{ text: phrase, threshold: proposed.threshold }]);
  return [
    `Proposed threshold for at most ${wanted} false alarms an hour: ${proposed.threshold}.`,
    `So much background shows, with 95 % certainty, fewer than ${most.toFixed(1)} an hour.`,
    `To use it: --set microphone.wakePhrases='${setting}'`,
  ];
}

/** Missed against false alarms; by threshold where only one of them is known. */
export function wakePlot(report: WakeReport): Plot {
  const { phrase, curve, alarmsPerHour: wanted, caption } = report;
  const proposed = proposedPoint(curve, wanted);
  const common = { isLinear: true, caption };
  if (curve.hours === 0) {
    const points = curve.points.map((point) => ({ x: point.threshold, y: missedPercent(curve, point) }));
    return {
      ...common,
      ...{ title: `“${phrase}” missed, by threshold`, xTitle: 'threshold', yTitle: 'missed, %' },
      ...{ series: [{ name: phrase, points }], limit: { name: '10 %', y: 10 } },
    };
  }
  if (curve.recordings === 0) {
    const points = curve.points.map((point) => ({
      x: point.threshold,
      y: alarmsPerHour(curve, point) ?? 0,
    }));
    return {
      ...common,
      ...{ title: `False alarms of “${phrase}”, by threshold`, xTitle: 'threshold' },
      ...{ yTitle: 'false alarms an hour', yMax: plottedAlarms(wanted) },
      series: [{ name: phrase, points: points.filter(({ y }) => y <= plottedAlarms(wanted)) }],
      limit: { name: `${wanted} an hour`, y: wanted },
    };
  }
  const y = proposed === null ? 100 : missedPercent(curve, proposed);
  return {
    ...common,
    ...{ title: `“${phrase}”: missed against false alarms`, xTitle: 'false alarms an hour' },
    ...{ yTitle: 'missed, %', series: [wakeSeries(phrase, curve, wanted)] },
    limit: { name: proposed === null ? 'all' : `at the threshold ${proposed.threshold}`, y },
  };
}

/** Missed (%) over false alarms an hour, from the highest threshold to the lowest that is worth drawing. */
export function wakeSeries(name: string, curve: WakeCurve, wanted: number): PlotSeries {
  const points = curve.points
    .map((point) => ({ x: alarmsPerHour(curve, point) ?? 0, y: missedPercent(curve, point) }))
    .filter(({ x }) => x <= plottedAlarms(wanted))
    .reverse();
  return { name, points };
}

function plottedAlarms(wanted: number): number {
  return PLOTTED_ALARMS * wanted;
}

function missedPercent(curve: WakeCurve, point: WakePoint): number {
  return 100 * (missedShare(curve, point) ?? 0);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function rightColumn(title: string): { title: string; align: 'right' } {
  return { title, align: 'right' };
}

function percent(share: number | null): string {
  return share === null ? '–' : (100 * share).toFixed(1);
}

function fixed(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}
