import { type MachineFacts, machineText } from '../../agent/cli/machine.ts';
import type { Plot } from '../../agent/cli/svg-plot.ts';
import { markdownNumbers } from '../../agent/evaluation/table.ts';
import type { CommandScore } from './command-score.ts';

/** Shares, 0 to 1. */
export interface ThresholdResult {
  readonly threshold: number;
  readonly score: CommandScore;
  readonly falselyAccepted: { readonly near: number; readonly far: number; readonly noise: number };
}

export interface GrammarReport {
  readonly title: string;
  /** `near`: sentences of the same recordings that are no command; `far`: other speech. */
  readonly counts: {
    readonly commands: number;
    readonly near: number;
    readonly far: number;
    readonly noise: number;
  };
  /** At the threshold of the configuration. */
  readonly result: ThresholdResult;
  readonly byThreshold: readonly ThresholdResult[];
  readonly inNoise: readonly { readonly snr: number; readonly score: CommandScore }[];
}

export interface CommandReport {
  readonly machine: MachineFacts;
  readonly model: string;
  readonly split: string;
  /** Most recordings of other speech, and half the most of a grammar's own. */
  readonly limit: number;
  readonly minConfidence: number;
  readonly grammars: readonly GrammarReport[];
}

/** The reference page of the benchmark, in Markdown. */
export function commandPage(report: CommandReport): string {
  const { machine, model, split, limit, minConfidence, grammars } = report;
  return `# Commands

Measured on recordings of people (\`${split}\`) with ${model}, commands below a confidence of ${minConfidence} refused
(\`commands.minConfidence\`). Written by \`npm run bench:commands -- --split ${split} --limit ${limit} --document ${model}\` on ${machine.date.slice(0, 10)}:
${machineText(machine)}.

All figures are %. **Accepted**: commands that were not refused. **Intent**, **slots**, **meaning** (intent and every slot): understood
rightly, of all commands; a spelled name or a number of many digits is one slot, so one wrong letter spoils it.
**Words wrong**: word errors a word, a refused command counted as all wrong.

${commandTable(grammars)}

What is no command and was taken for one. **Near**: sentences of the same speakers that are no command, many with the words of a
command in them. **Other speech**: read sentences of Common Voice, LibriSpeech and SpeechOcean762. **Noise**: without any speech.

${refusalTable(grammars)}

## Against noise

Commands accepted with the right meaning, with noise added at 6 to 24 dB:

![Commands understood against noise](commands-noise.svg)

${noiseTable(grammars)}

## By threshold

${grammars.map(thresholdTable).join('\n\n')}
`;
}

/** Commands accepted with the right meaning over the noise added. */
export function noisePlot({ machine, model, split, grammars }: CommandReport): Plot {
  return {
    title: 'Commands understood against noise',
    xTitle: 'signal to noise, dB',
    yTitle: 'accepted with the right meaning, %',
    isLinear: true,
    series: grammars.map(({ title, inNoise }) => ({
      name: title,
      points: inNoise.map(({ snr, score }) => ({ x: snr, y: 100 * score.meanings })),
    })),
    yMax: 100,
    limit: { name: 'all', y: 100 },
    caption: `${model}, split ${split}. ${machineText(machine)}`,
  };
}

function commandTable(grammars: readonly GrammarReport[]): string {
  return markdownNumbers(
    ['grammar', 'commands', 'accepted', 'intent', 'slots', 'meaning', 'words wrong'],
    grammars.map(({ title, counts, result: { score } }) => [
      title,
      String(counts.commands),
      ...[score.accepted, score.intents, score.slots, score.meanings, score.wordErrorRate].map(percent),
    ]),
  );
}

function refusalTable(grammars: readonly GrammarReport[]): string {
  return markdownNumbers(
    ['grammar', 'near', 'of', 'other speech', 'of', 'noise', 'of'],
    grammars.map(({ title, counts, result: { falselyAccepted } }) => [
      title,
      percent(falselyAccepted.near),
      String(counts.near),
      percent(falselyAccepted.far),
      String(counts.far),
      percent(falselyAccepted.noise),
      String(counts.noise),
    ]),
  );
}

function noiseTable(grammars: readonly GrammarReport[]): string {
  const snrs = grammars[0]?.inNoise.map(({ snr }) => `${snr} dB`) ?? [];
  return markdownNumbers(
    ['grammar', ...snrs, 'no noise added'],
    grammars.map(({ title, inNoise, result }) => [
      title,
      ...inNoise.map(({ score }) => percent(score.meanings)),
      percent(result.score.meanings),
    ]),
  );
}

function thresholdTable({ title, byThreshold }: GrammarReport): string {
  const rows = byThreshold.map(({ threshold, score, falselyAccepted }) => [
    String(threshold),
    ...[score.accepted, score.meanings, falselyAccepted.near, falselyAccepted.far, falselyAccepted.noise].map(
      percent,
    ),
  ]);
  return markdownNumbers([title, 'accepted', 'meaning', 'near', 'other speech', 'noise'], rows);
}

function percent(share: number | null): string {
  return share === null ? '–' : (100 * share).toFixed(1);
}
