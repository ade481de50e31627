import { type MachineFacts, machineText } from '../../agent/cli/machine.ts';
import type { Plot } from '../../agent/cli/svg-plot.ts';
import { wakeSeries } from '../../agent/cli/wake-report.ts';
import type { Config } from '../../agent/config.ts';
import { markdownNumbers } from '../../agent/evaluation/table.ts';
import {
  alarmsPerHour,
  missedShare,
  proposedPoint,
  type WakeCurve,
  type WakePoint,
} from '../../agent/evaluation/wake-curve.ts';

export interface MeasuredPhrase {
  readonly phrase: string;
  readonly curve: WakeCurve;
}

export interface WakeBenchmarkReport {
  readonly machine: MachineFacts;
  /** Name and version. */
  readonly model: string;
  readonly command: string;
  readonly settings: Config['wake'];
  readonly alarmsPerHour: number;
  readonly phrases: readonly MeasuredPhrase[];
}

/** Thresholds of the table by threshold. */
const SHOWN = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** What is asked for, % missed. */
const LIMIT = 10;
const AIM = 2;

/** The reference page of the benchmark, in Markdown. */
export function wakePage(report: WakeBenchmarkReport): string {
  const { machine, model, command, settings, phrases, alarmsPerHour: wanted } = report;
  const hours = phrases.map(({ curve }) => curve.hours);
  const [least, most] = [Math.min(...hours), Math.max(...hours)].map((value) => value.toFixed(2));
  return `# Wake phrases

Six phrases of \`pico_wake\`, which nothing is trained on, against all recordings of \`test\` and \`dev\` without
the phrase and all noise (${least === most ? most : `${least} to ${most}`} hours for a phrase). Measured with ${model} and \`wake.midSpeechPenalty\` ${settings.midSpeechPenalty},
\`wake.pauseMs\` ${settings.pauseMs}, \`wake.spellingWeight\` ${settings.spellingWeight}, which were chosen on \`dev\` ([WAKE_SETTINGS.md](../en-base/WAKE_SETTINGS.md);
[how far these recordings were in view](../README.md#what-the-search-taught-so-far)). Written by \`${command}\` on ${machine.date.slice(0, 10)}:
${machineText(machine)}.

Asked for: at most ${LIMIT} % missed at one false alarm in two hours; the aim is ${AIM} %. The threshold is the lowest at which the phrase, there and
above, has at most ${wanted} false alarms an hour; it is read off these recordings, as \`earshot wake\` does for a phrase of yours.

${thresholdTable(report)}

![Missed against false alarms](wake-trade-off.svg)

## Without a threshold of its own

At the default, \`wake.threshold\` ${settings.threshold}, with nothing read off these recordings:

${defaultTable(report)}

## By threshold

% missed / false alarms an hour:

${byThreshold(phrases)}
`;
}

/** Missed over false alarms an hour, a line for each phrase. */
export function wakeTradeOff({ machine, model, phrases, alarmsPerHour: wanted }: WakeBenchmarkReport): Plot {
  return {
    title: 'Wake phrases: missed against false alarms',
    xTitle: 'false alarms an hour',
    yTitle: 'missed, %',
    isLinear: true,
    series: phrases.map(({ phrase, curve }) => wakeSeries(phrase, curve, wanted)),
    limit: { name: `${LIMIT} %, asked for at ${wanted} an hour`, y: LIMIT },
    caption: `${model}, pico_wake. ${machineText(machine)}`,
  };
}

function thresholdTable({ phrases, alarmsPerHour: wanted }: WakeBenchmarkReport): string {
  const points = phrases.map(({ phrase, curve }) => ({ phrase, curve, point: proposedPoint(curve, wanted) }));
  const [missed, recordings] = points.reduce(
    ([misses, all], { curve, point }) => [
      misses + (point?.missed ?? curve.recordings),
      all + curve.recordings,
    ],
    [0, 0] as [number, number],
  );
  return markdownNumbers(
    ['phrase', 'recordings', 'threshold', 'missed %', 'false alarms', 'an hour'],
    [
      ...points.map(({ phrase, curve, point }) =>
        point === null
          ? [phrase, String(curve.recordings), 'none', '100.0', '–', '–']
          : [phrase, String(curve.recordings), String(point.threshold), ...pointCells(curve, point)],
      ),
      ['**all**', String(recordings), '', ((100 * missed) / recordings).toFixed(1), '', ''],
    ],
  );
}

function defaultTable({ phrases, settings }: WakeBenchmarkReport): string {
  return markdownNumbers(
    ['phrase', 'missed %', 'false alarms', 'an hour'],
    phrases.map(({ phrase, curve }) => [phrase, ...pointCells(curve, pointAt(curve, settings.threshold))]),
  );
}

function byThreshold(phrases: readonly MeasuredPhrase[]): string {
  return markdownNumbers(
    ['threshold', ...phrases.map(({ phrase }) => phrase)],
    SHOWN.map((threshold) => [
      String(threshold),
      ...phrases.map(({ curve }) => {
        const [missed, , perHour] = pointCells(curve, pointAt(curve, threshold));
        return `${missed} / ${perHour}`;
      }),
    ]),
  );
}

/** Missed in %, false alarms, false alarms an hour. */
function pointCells(curve: WakeCurve, point: WakePoint): [string, string, string] {
  const missed = 100 * (missedShare(curve, point) ?? 0);
  return [missed.toFixed(1), String(point.falseAlarms), (alarmsPerHour(curve, point) ?? 0).toFixed(2)];
}

/** The point of the lowest threshold that is tried from this one on. */
function pointAt({ points }: WakeCurve, threshold: number): WakePoint {
  return points.find((point) => point.threshold >= threshold) ?? points.at(-1)!;
}
