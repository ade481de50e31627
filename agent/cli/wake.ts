import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import { missedShare, proposedPoint, WAKE_THRESHOLDS } from '../evaluation/wake-curve.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { machineFacts, machineText } from './machine.ts';
import { collectNames, collectTexts, parsePositive } from './option-parsers.ts';
import { checkOutputFile, writeOutputFile } from './output-file.ts';
import { Progress } from './progress.ts';
import { printLine, printNote } from './terminal.ts';
import type { WakeReport } from './wake-report.ts';

interface WakeOptions {
  readonly said: readonly string[];
  readonly background: readonly string[];
  readonly audio?: string;
  readonly split?: readonly string[];
  readonly falseAlarms: number;
  readonly plot?: string;
  readonly json?: true;
}

/** Once in two hours. */
const DEFAULT_ALARMS_PER_HOUR = 0.5;

const HELP = `
Recordings are files, folders, archives (.tar) or manifests (.tsv, as for earshot eval). Of a manifest --said takes the
rows whose text has the phrase, --background those whose text has not, so the same may serve for both. The more hours
of background, such as a radio or a room in which people talk, the surer is the rate of false alarms.

With recordings alone: what is missed at each threshold; with a background alone: false alarms an hour at each.
Everything is computed once, by the agent's own search, whatever the number of thresholds.

Examples:
  earshot wake "hey jarvis" --said my-recordings --background radio.wav --plot jarvis.svg
  earshot wake computer --background manifest.tsv --split dev --background noise.tar
  earshot wake computer --said manifest.tsv --background manifest.tsv --false-alarms 0.1 --json`;

/** `earshot wake`: how often a wake phrase is missed and wrongly heard, by threshold, and the threshold to take. */
export function registerWake(program: Command): void {
  const command = program
    .command('wake')
    .description('find the threshold of a wake phrase: false alarms an hour against misses')
    .argument('<phrase>', 'the wake phrase, as text')
    .option('--said <recordings>', 'recordings in which it is said; may be repeated', collectTexts, [])
    .option('--background <recordings>', 'sound without it: speech, noise; may be repeated', collectTexts, [])
    .option('--audio <folder>', 'folder that paths in manifests start from (default: that of the manifest)')
    .option('--split <name>', 'only these splits of manifests; may be repeated', collectNames)
    .option('--false-alarms <number>', 'an hour, at most', parsePositive, DEFAULT_ALARMS_PER_HOUR)
    .option('--plot <file.svg>', 'draw the trade-off')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (phrase: string, options: WakeOptions) => {
      await runWake(phrase, options, configFromOptions(command).config);
    });
  addConfigOptions(command, ['model.path', 'model.providers']);
}

async function runWake(phrase: string, options: WakeOptions, config: Config): Promise<void> {
  if (options.said.length + options.background.length === 0) {
    throw new AgentError(
      'USAGE',
      'Give recordings of the phrase (--said), a background without it (--background), or both.',
    );
  }
  if (options.plot !== undefined) await checkOutputFile(options.plot);
  const { curve, failures, model } = await measure(phrase, options, config);
  for (const { file, error } of failures) printNote(`earshot: ${file}: ${error.code}: ${error.message}`);
  if (failures.length > 0) process.exitCode = 1;
  const machine = machineFacts();
  const caption = `${model}. ${machineText(machine)}`;
  const report: WakeReport = { phrase, curve, alarmsPerHour: options.falseAlarms, caption };
  const { wakePlot, wakeText } = await import('./wake-report.ts');
  if (options.plot !== undefined) {
    const { svgPlot } = await import('./svg-plot.ts');
    await writeOutputFile(options.plot, svgPlot(wakePlot(report)));
  }
  printLine(options.json ? JSON.stringify({ machine, model, ...jsonOf(report) }, null, 2) : wakeText(report));
}

async function measure(phrase: string, options: WakeOptions, config: Config) {
  const { recordingsAt } = await import('./recordings.ts');
  const { measureWake } = await import('./measure-wake.ts');
  const at = { audioFolder: options.audio, splits: options.split ?? [] };
  const sets = (paths: readonly string[]) => Promise.all(paths.map((path) => recordingsAt(path, at)));
  const [said, background] = [await sets(options.said), await sets(options.background)];
  const progress = new Progress({ unit: 'recordings' });
  try {
    const { curves, failures, model } = await measureWake(config, {
      ...{ phrases: [phrase], thresholds: WAKE_THRESHOLDS, said, background },
      onProgress: ({ recordings, total, audioSeconds }) =>
        progress.update({ done: recordings, total, audioSeconds }),
    });
    return { curve: curves[0]!, failures, model };
  } finally {
    progress.clear();
  }
}

function jsonOf({ phrase, curve, alarmsPerHour }: WakeReport) {
  const point = proposedPoint(curve, alarmsPerHour);
  const proposed = point && { ...point, missedShare: missedShare(curve, point) };
  return { phrase, alarmsPerHour, proposed, ...curve };
}
