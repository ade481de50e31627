import { type MachineFacts, machineText } from '../../agent/cli/machine.ts';
import { markdownTable } from '../../agent/evaluation/table.ts';
import type { DevPhrase } from './dev-phrases.ts';
import type { WakeJudgement } from './wake-judge.ts';

/** A setting of the search for wake phrases, and how many phrases it misses. */
export interface TriedSetting {
  readonly midSpeechPenalty: number;
  readonly pauseMs: number;
  readonly spellingWeight: number;
  /** Of texts that were recorded alone. */
  readonly whole: WakeJudgement;
  /** Of first words. */
  readonly first: WakeJudgement;
  /** What the choice goes by: the mean of the four shares. */
  readonly missed: number;
}

export interface WakeSettingsReport {
  readonly model: string;
  readonly machine: MachineFacts;
  readonly command: string;
  readonly split: string;
  readonly clips: number;
  readonly hours: number;
  readonly whole: readonly DevPhrase[];
  readonly first: readonly DevPhrase[];
  readonly penalties: readonly TriedSetting[];
  readonly pauses: readonly TriedSetting[];
  readonly weights: readonly TriedSetting[];
  readonly chosen: TriedSetting;
  readonly alarmsPerHour: number;
  /** Log-probability per sound at which the mean phrase has that many alarms. */
  readonly score: number;
  readonly confidenceScale: number;
}

/** How the settings were chosen, in Markdown. */
export function wakeSettingsPage(report: WakeSettingsReport): string {
  const { model, machine, command, split, clips, hours, chosen, alarmsPerHour } = report;
  const { score, confidenceScale } = report;
  return `# Settings of the search for wake phrases

Chosen for ${model} on ${clips} recordings (${hours.toFixed(2)} h) of \`${split}\` by \`${command}\` on ${machine.date.slice(0, 10)}:
${machineText(machine)}.
What the settings then do with other phrases and recordings: [WAKE.md](WAKE.md).

Phrases: ${report.whole.map(({ text }) => `“${text}”`).join(', ')}, which many have recorded alone (${saidCount(report.whole)} recordings; the acoustic
model has heard other people say them), and the first one to three words of other recordings, if these make six to nine sounds
(${report.first.length} phrases in ${saidCount(report.first)} recordings). For each phrase, the recordings without it are the background.

All figures are % of the recordings of the phrases that are missed when each phrase has the lowest threshold with no alarm, or with one
alarm, in its background: ${alarmsPerHour} an hour, what is asked for, lies between. **The rule**: the setting with the lowest mean of the four.
First the penalty, at a pause of ${report.penalties[0]!.pauseMs} ms and with ${report.penalties[0]!.spellingWeight} as the share of the letters, then the pause, then that share: the
smallest within one standard error of the best.

${table(report.penalties, 'midSpeechPenalty')}

${table(report.pauses, 'pauseMs')}

${table(report.weights, 'spellingWeight')}

Chosen: \`wake.midSpeechPenalty\` ${chosen.midSpeechPenalty}, \`wake.pauseMs\` ${chosen.pauseMs}, \`wake.spellingWeight\` ${chosen.spellingWeight}. With them the mean
phrase has ${alarmsPerHour} alarms an hour at a log-probability of ${score.toFixed(2)} per sound and letter. The default threshold is 0.5 there: \`wake.confidenceScale\` ${confidenceScale}, \`wake.confidenceOffset\` ${(-confidenceScale * score).toFixed(1)}.
`;
}

function table(
  settings: readonly TriedSetting[],
  varied: 'midSpeechPenalty' | 'pauseMs' | 'spellingWeight',
): string {
  const columns = [
    `\`wake.${varied}\``,
    ...['alone, no alarm', 'alone, one alarm', 'first words, no alarm', 'first words, one alarm', 'mean'],
  ];
  return markdownTable(
    columns.map((title) => ({ title, align: 'right' })),
    settings.map(({ whole, first, missed, ...setting }) => [
      String(setting[varied]),
      ...[whole, first].flatMap((each) => [each.missedWithoutAlarm, each.missedWithOneAlarm]).map(percent),
      percent(missed),
    ]),
  );
}

export function saidCount(phrases: readonly DevPhrase[]): number {
  return phrases.reduce((sum, { said }) => sum + said.length, 0);
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
