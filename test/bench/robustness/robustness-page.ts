import { type MachineFacts, machineText } from '../../../agent/cli/machine.ts';
import type { Plot } from '../../../agent/cli/svg-plot.ts';
import type { RateSummary } from '../../../agent/evaluation/summary.ts';
import { markdownNumbers } from '../../../agent/evaluation/table.ts';
import type { LongStream } from './long-stream.ts';
import type { NoSpeech } from './no-speech.ts';
import type { NoiseCurve } from './noise-curve.ts';
import type { PauseResult } from './pauses.ts';
import type { PrecisionResult } from './precisions.ts';
import type { GroupResult } from './speaker-groups.ts';

/** What a part found, and how it was asked. */
export interface Measured<Result> {
  readonly machine: MachineFacts;
  readonly model: string;
  readonly split: string;
  readonly clips: number;
  readonly set: readonly string[];
  readonly result: Result;
}

export interface RobustnessParts {
  readonly 'noise-curve'?: Measured<NoiseCurve>;
  readonly 'no-speech'?: Measured<readonly NoSpeech[]>;
  /** With `transcript.minConfidence` at 0. */
  readonly 'no-speech-any'?: Measured<readonly NoSpeech[]>;
  readonly 'long-stream'?: Measured<LongStream>;
  readonly pauses?: Measured<readonly PauseResult[]>;
  readonly precisions?: Measured<readonly PrecisionResult[]>;
  readonly speakers?: Measured<readonly GroupResult[]>;
}

/** The reference page of the benchmark, in Markdown. */
export function robustnessPage(parts: RobustnessParts): string {
  const sections = [
    parts['noise-curve'] && noiseSection(parts['noise-curve']),
    parts['no-speech'] && noSpeechSection(parts['no-speech']),
    parts['no-speech-any'] && noSpeechAnySection(parts['no-speech-any']),
    parts['long-stream'] && longStreamSection(parts['long-stream']),
    parts.pauses && pauseSection(parts.pauses),
    parts.precisions && precisionSection(parts.precisions),
    parts.speakers && speakerSection(parts.speakers),
  ].filter((section) => section !== undefined);
  return `# Robustness

Measured on recordings of people with the default search (lexicon and language model). Each part names the command that wrote it.
WER: wrong words in % of those said, as \`earshot eval\` counts them, with its 95 % interval by bootstrap over recordings.

${sections.join('\n\n')}
`;
}

/** Word error rate over the noise added. */
export function noisePlot({ machine, model, split, result }: Measured<NoiseCurve>): Plot {
  const noisy = result.points.filter(({ snr }) => snr !== null);
  const asRecorded = result.points.find(({ snr }) => snr === null);
  return {
    title: 'Words wrong against noise',
    xTitle: 'signal to noise, dB',
    yTitle: 'word error rate, %',
    isLinear: true,
    series: [
      {
        name: `${result.clips} recordings of ${split}`,
        points: noisy.map(({ snr, wer }) => ({ x: snr!, y: percent(wer.rate) })).reverse(),
      },
    ],
    limit: { name: 'as recorded', y: percent(asRecorded?.wer.rate ?? null) },
    caption: `${model}. ${machineText(machine)}`,
  };
}

function noiseSection(measured: Measured<NoiseCurve>): string {
  const { clips, points } = measured.result;
  const rows = points.map(({ snr, wer }) => [
    snr === null ? 'as recorded' : `${snr} dB`,
    ...rateCells(wer),
    ...[wer.counts.substitutions, wer.counts.insertions, wer.counts.deletions].map(String),
  ]);
  return `## Noise

${clips} recordings spread over \`${measured.split}\`, the same at every level, each with a noise of \`noise.tar\` that no training
heard (dogs, rain, sea, crying babies, clocks, sneezing, helicopters, chain saws, roosters, fire, a tap) whose mean power is that far below the speech.

![Words wrong against noise](noise.svg)

${markdownNumbers(['signal to noise', 'WER %', '95 %', 'sub', 'ins', 'del'], rows)}

${command('noise-curve', measured)}`;
}

function noSpeechSection(measured: Measured<readonly NoSpeech[]>): string {
  return `## No speech

One stream of dictation that hears noise alone: what of \`noise.tar\` no training heard (8 minutes), again and again.
Asked: fewer than 1 word an hour. Words of finals count; what partials showed of a segment in which no word was sure enough is
taken back by its final, which is empty.

${noSpeechTable(measured.result)}

${command('no-speech', measured)}`;
}

function noSpeechAnySection(measured: Measured<readonly NoSpeech[]>): string {
  return `The same with \`transcript.minConfidence\` at 0, so that words count however unsure they are:

${noSpeechTable(measured.result)}

${command('no-speech-any', measured)}`;
}

function noSpeechTable(results: readonly NoSpeech[]): string {
  const rows = results.map(({ name, seconds, recordedSeconds, words }) => [
    name,
    (seconds / 60).toFixed(0),
    (recordedSeconds / 60).toFixed(0),
    String(words.length),
    ((3600 * words.length) / seconds).toFixed(1),
    kindsOf(words.map(({ kind }) => kind)),
  ]);
  return markdownNumbers(
    ['sound', 'min', 'recorded min', 'words', 'words an hour', 'while it sounded'],
    rows,
  );
}

function longStreamSection(measured: Measured<LongStream>): string {
  const { seconds, halves } = measured.result;
  const [first, second] = halves.map(({ rate }) => rate ?? 0);
  const worse = first === undefined || second === undefined ? 0 : second / first - 1;
  const rows = halves.map(({ counts, rate }, i) => [
    i === 0 ? 'first half' : 'second half',
    String(counts.reference),
    percent(rate).toFixed(2),
    ...[counts.substitutions, counts.insertions, counts.deletions].map(String),
  ]);
  return `## A long stream

${(seconds / 60).toFixed(0)} minutes of speech without a break in one stream, recordings of \`${measured.split}\` joined in a random order. The second half plays
the recordings of the first again, at the same places within the model's steps, so that only the age of the stream differs. Asked: at most 1 % more errors in it; got
**${(100 * worse).toFixed(2)} %**.

${markdownNumbers(['', 'words', 'WER %', 'sub', 'ins', 'del'], rows)}

${command('long-stream', measured)}`;
}

function pauseSection(measured: Measured<readonly PauseResult[]>): string {
  const rows = measured.result.map(({ seconds, withEndpoints, withoutEndpoints }) => [
    seconds === null ? 'a stream for each' : `${seconds} s`,
    ...rateCells(withEndpoints),
    ...rateCells(withoutEndpoints),
  ]);
  return `## Pauses

${measured.clips} recordings spread over \`${measured.split}\`, ten in a stream, mostly of different speakers, with silence between them. Without endpoints
(\`endpoint.enabled\` false, \`turn_detection\` null, \`endpointing=false\`) a stream has one final, and the model begins anew in pauses.

${markdownNumbers(['pause', 'WER %, endpoints', '95 %', 'WER %, none', '95 %'], rows)}

${command('pauses', measured)}`;
}

function precisionSection(measured: Measured<readonly PrecisionResult[]>): string {
  const base = measured.result.find(({ precision }) => precision === 'fp32')?.wer.rate ?? null;
  const rows = measured.result.map(({ precision, wer, microsecondsPerStep }) => [
    precision,
    ...rateCells(wer),
    base === null ? '–' : `${(100 * ((wer.rate ?? 0) / base - 1)).toFixed(1)}`,
    microsecondsPerStep.toFixed(0),
  ]);
  return `## Precision

The same ${measured.clips} recordings spread over \`${measured.split}\`. Asked: int8 at most 3 % more errors than fp32, and faster. The cost of a step is the
processor time of the model for one stream (30 ms of sound).

${markdownNumbers(['weights', 'WER %', '95 %', 'more errors %', 'µs a step'], rows)}

${command('precisions', measured)}`;
}

function speakerSection(measured: Measured<readonly GroupResult[]>): string {
  const rows = measured.result.map(({ name, speakers, clips, wer }) => [
    name,
    ...[speakers, clips, wer.counts.reference].map(String),
    ...rateCells(wer),
  ]);
  return `## Speakers

${measured.clips} recordings spread over \`${measured.split}\`. What is known of the speakers: those of SpeechOcean762 learn English, and its \`spk2age\` and
\`spk2gender\` have ages and sexes; AN4 names its speakers by sex. Of the others nothing is known.

${markdownNumbers(['speakers', 'of them', 'recordings', 'words', 'WER %', '95 %'], rows)}

${command('speakers', measured, ' --speakers FOLDER')}`;
}

function command(part: string, { machine, model, split, clips, set }: Measured<unknown>, more = ''): string {
  const settings = set.map((setting) => ` --set ${setting}`).join('');
  const sampled = part.startsWith('no-speech') || part === 'long-stream' ? '' : ` --clips ${clips}`;
  return `\`npm run bench:robustness -- --part ${part} --split ${split}${sampled}${more}${settings} --document ${model}\`, ${machine.date.slice(0, 10)},
${machineText(machine)}.`;
}

/** `Dog_bark 3, Rain 1`, the most frequent first. */
function kindsOf(kinds: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([kind, count]) => `${kind.replaceAll('_', ' ')} ${count}`).join(', ') || '–';
}

function rateCells({ rate, interval }: RateSummary): string[] {
  const range = interval && `${percent(interval.low).toFixed(1)}–${percent(interval.high).toFixed(1)}`;
  return [rate === null ? '–' : percent(rate).toFixed(1), range ?? '–'];
}

function percent(share: number | null): number {
  return 100 * (share ?? 0);
}
