/**
 * Chooses the settings of the search for wake phrases (`wake.midSpeechPenalty`, `wake.pauseMs`, `wake.spellingWeight`,
 * `wake.confidenceOffset`) on recordings whose text is known:
 *
 *     npx tsx scripts/decoder-tuning/tune-wake.ts models/en-base manifest.tsv --audio FOLDER --split dev [--write]
 *
 * Phrases are the first words of recordings, and texts that several people have recorded alone; for each the recordings
 * without it are the background. The model runs once over the recordings. `--penalty 8 --pause 600` keeps these two and chooses
 * the rest. `--write` writes what was measured and chosen to
 * WAKE_SETTINGS.md in the bundle; the choice itself belongs into `agent/config.ts`.
 */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stepMsOf } from '../../agent/acoustic/step-length.ts';
import { machineFacts } from '../../agent/cli/machine.ts';
import { defaultConfig } from '../../agent/config.ts';
import { normalizerOf } from '../../agent/evaluation/language-rules.ts';
import type { ManifestRow } from '../../agent/evaluation/manifest.ts';
import { scriptArguments } from '../script-arguments.ts';
import { type DevPhrase, firstWords, wholeTexts } from './dev-phrases.ts';
import { loadSayings, readRows, scoreClips } from './search-setup.ts';
import { RECORDING_OPTIONS, tuningInputs } from './tuning-inputs.ts';
import { confidenceAt, type JudgedPhrase, judgeWake, peaksOf, type WakeJudgement } from './wake-judge.ts';
import { saidCount, type TriedSetting, wakeSettingsPage } from './wake-settings-page.ts';

const PENALTIES = [0, 2, 4, 6, 8, 12];
const PAUSES_MS = [120, 240, 360, 480, 600];
const SPELLING_WEIGHTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
/** Where the choice begins. */
const START = { midSpeechPenalty: 4, pauseMs: 360, spellingWeight: 0.2 };
/** A text that so many recordings have and nothing else. */
const LEAST_WHOLE = 10;
const ALARMS_PER_HOUR = 0.5;

const parsed = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: {
    ...RECORDING_OPTIONS,
    clips: { type: 'string', default: '100000' },
    phrases: { type: 'string', default: '250' },
    penalty: { type: 'string' },
    pause: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const { values } = parsed;
const { folder, manifestPath, audioFolder } = tuningInputs(parsed);

const { bundle, sayings, pronouncer, heads } = await loadSayings(folder);
const { name, version, language } = bundle.description;
const normalize = normalizerOf(language);
const stepMs = stepMsOf(bundle.description);

const rows = await readRows(manifestPath, { splits: [values.split] }, Number(values.clips));
const whole = wholeTexts(rows, normalize, LEAST_WHOLE);
const alone = new Set(whole.flatMap(({ said }) => said));
const others = rows.flatMap((row, index) => (alone.has(index) ? [] : [{ row, index }]));
const first = firstWords(
  others.map(({ row }) => row),
  { pronouncer, normalize },
  Number(values.phrases),
).map(({ text, said }) => ({ text, said: said.map((i) => others[i]!.index) }));
const phrases = [...whole, ...first].map(judged);
const clips = await scoreClips(bundle, rows, audioFolder, heads.names);
const hours = (clips.reduce((sum, { steps }) => sum + steps, 0) * stepMs) / 3_600_000;

/** Of the settings within one standard error of the best the one with the smallest share (Breiman et al. 1984, 3.4.3). */
function leastLetters(settings: readonly TriedSetting[]): TriedSetting {
  const lowest = best(settings);
  const limit = lowest.missed + standardError(lowest);
  return settings.find(({ missed }) => missed <= limit)!;
}

/** Of `missed`; the two shares of a kind of phrase are of the same recordings. */
function standardError(setting: TriedSetting): number {
  const variances = [
    { share: meanOf(setting.whole), recordings: saidCount(whole) },
    { share: meanOf(setting.first), recordings: saidCount(first) },
  ].map(({ share, recordings }) => (share * (1 - share)) / recordings);
  return Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0)) / 2;
}

/** Those of a grid, or the one that is kept. */
function triedValues(kept: string | undefined, grid: readonly number[]): readonly number[] {
  return kept === undefined ? grid : [Number(kept)];
}

type Setting = Pick<TriedSetting, 'midSpeechPenalty' | 'pauseMs' | 'spellingWeight'>;

function judged({ text, said }: DevPhrase): JudgedPhrase {
  const letters = text.replaceAll(' ', '');
  const background = rows.flatMap((row, index) => (lettersOf(row).includes(letters) ? [] : [index]));
  return { text, said, background, sayings: sayings.sayings(text), spelling: sayings.spelling(text) };
}

function keptOptions(): string {
  const { penalty, pause } = values;
  return `${penalty === undefined ? '' : ` --penalty ${penalty}`}${pause === undefined ? '' : ` --pause ${pause}`}`;
}

function lettersOf({ text }: ManifestRow): string {
  return normalize(text).replaceAll(' ', '');
}

function listen({ pauseMs, ...setting }: Setting) {
  const { wake } = defaultConfig();
  const steps = { refractorySteps: 0, pauseSteps: Math.ceil(pauseMs / stepMs) };
  return peaksOf(clips, phrases, { heads, options: { ...wake, ...steps, ...setting } });
}

function tried(setting: Setting): TriedSetting {
  const peaks = listen(setting);
  const judgements = {
    whole: judgeWake(phrases, peaks, [0, whole.length]),
    first: judgeWake(phrases, peaks, [whole.length, phrases.length]),
  };
  const { whole: a, first: b } = judgements;
  const missed = (meanOf(a) + meanOf(b)) / 2;
  process.stderr.write(`${JSON.stringify(setting)}: ${(100 * missed).toFixed(2)} % missed\n`);
  return { ...setting, ...judgements, missed };
}

/** An allowance of half an alarm an hour lies between none and one in the background. */
function meanOf({ missedWithoutAlarm, missedWithOneAlarm }: WakeJudgement): number {
  return (missedWithoutAlarm + missedWithOneAlarm) / 2;
}

function best(settings: readonly TriedSetting[]): TriedSetting {
  return settings.reduce((least, setting) => (setting.missed < least.missed ? setting : least));
}

const penalties = triedValues(values.penalty, PENALTIES).map((midSpeechPenalty) =>
  tried({ ...START, midSpeechPenalty }),
);
const { midSpeechPenalty } = best(penalties);
const pauses = triedValues(values.pause, PAUSES_MS).map((pauseMs) =>
  tried({ ...START, midSpeechPenalty, pauseMs }),
);
const { pauseMs } = best(pauses);
const weights = SPELLING_WEIGHTS.map((spellingWeight) =>
  tried({ midSpeechPenalty, pauseMs, spellingWeight }),
);
const chosen = leastLetters(weights);

// the default threshold is 0.5: the offset puts it where the mean phrase has as many alarms as are allowed
const { confidenceOffset, confidenceScale } = defaultConfig().wake;
const confidence = confidenceAt(phrases, listen(chosen), { hours, perHour: ALARMS_PER_HOUR });
const score = (Math.log(confidence / (1 - confidence)) - confidenceOffset) / confidenceScale;
const page = wakeSettingsPage({
  model: `${name} ${version}`,
  machine: machineFacts(),
  command: `npx tsx scripts/decoder-tuning/tune-wake.ts models/${basename(folder)} MANIFEST --audio FOLDER --split ${values.split}${keptOptions()} --write`,
  split: values.split,
  ...{ clips: clips.length, hours, whole, first },
  ...{ penalties, pauses, weights, chosen, alarmsPerHour: ALARMS_PER_HOUR, score, confidenceScale },
});
process.stdout.write(page);
if (values.write) await writeFile(join(folder, 'WAKE_SETTINGS.md'), page);
