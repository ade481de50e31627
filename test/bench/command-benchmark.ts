/**
 * How well commands are heard and other speech refused. Run (with the recordings beside the repository):
 *
 *     npm run bench:commands                     settings of `dev`, results of `test`
 *     npm run bench:commands -- --split dev      the same on dev, to choose settings
 *     npm run bench:commands -- --speech FOLDER --model FOLDER --limit 100 --output test/artefacts
 *
 * A recording whose text is a sentence of the grammar is a command, and the grammar says what it means; all other
 * recordings, also those in which a command is part of a longer sentence, are not. Noise is added to the commands
 * at 6 to 24 dB by a seeded choice. Writes `commands.json` and `commands-noise.svg`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machineFacts, machineText } from '../../agent/cli/machine.ts';
import { svgPlot } from '../../agent/cli/svg-plot.ts';
import { defaultConfig } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { type ManifestRow, parseManifest } from '../../agent/evaluation/manifest.ts';
import { seededRandom } from '../../agent/evaluation/random.ts';
import { plainTable } from '../../agent/evaluation/table.ts';
import { normalizeText, splitWords } from '../../agent/evaluation/text-normalization.ts';
import { networkOf } from '../../agent/grammar/compile-grammar.ts';
import { readGrammar } from '../../agent/grammar/read-grammar.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import { matchSentence, type SentenceMeaning } from '../support/match-sentence.ts';
import { readRealSpeech, SPEECH_FOLDER, type SpeechClip } from '../support/real-speech.ts';
import { mixNoise, readNoises } from './noise-mix.ts';

const GRAMMARS = [
  { name: 'services', datasets: ['wuw2'], noise: true },
  { name: 'an4', datasets: ['an4'], noise: true },
  { name: 'alphanum', datasets: ['alphanum'], noise: false },
] as const;
/** Speech that is no command of any grammar. */
const OTHER_SPEECH = ['cv13delta', 'librispeech_tc5', 'speechocean762'];
const SNRS = [24, 18, 12, 6];
const THRESHOLDS = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const AT_ONCE = 8;

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/en-base' },
    split: { type: 'string', default: 'test' },
    speech: { type: 'string', default: SPEECH_FOLDER },
    limit: { type: 'string', default: '150' },
    output: { type: 'string', default: join('test', 'artefacts') },
  },
});

interface Heard {
  readonly clip: SpeechClip;
  readonly expected: SentenceMeaning | null;
  readonly final: Final | null;
}

const config = defaultConfig();
const limit = Number(values.limit);
const rows = parseManifest(readFileSync(`${values.speech}/manifest.tsv`, 'utf8'), 'manifest.tsv');
const engine = await Recognizer.load(values.model, config);
const noises = await readNoises(values.speech);
const random = seededRandom(1);
const table: Record<string, string>[] = [];
const curves: {
  grammar: string;
  threshold: number;
  accepted: number;
  right: number;
  falselyAccepted: number;
}[] = [];
const series: { name: string; points: { x: number; y: number }[] }[] = [];
const everything: object[] = [];

for (const { name, datasets, noise } of GRAMMARS) {
  const grammar = { name, text: readFileSync(new URL(`grammars/${name}.yaml`, import.meta.url), 'utf8') };
  const read = readGrammar(grammar);
  const network = networkOf([read]);
  const intents = read.groups.map(({ intent, slots }) => ({ name: intent, grammar: name, slots }));
  const meaning = (text: string) => matchSentence(network, intents, splitWords(normalizeText(text)));
  const own = await heardOf(grammar, chosen(datasets), meaning);
  const others = await heardOf(grammar, chosen(OTHER_SPEECH), meaning);
  const commands = own.filter(({ expected }) => expected !== null);
  const near = own.filter(({ expected }) => expected === null);
  const far = others.filter(({ expected }) => expected === null);
  for (const threshold of THRESHOLDS) {
    const { accepted, right } = acceptance(commands, threshold);
    curves.push({
      grammar: name,
      threshold,
      accepted,
      right,
      falselyAccepted: acceptance(far, threshold).accepted,
    });
  }
  const at = config.commands.minConfidence;
  table.push({
    grammar: name,
    commands: String(commands.length),
    ...percentages({
      'accepted %': acceptance(commands, at).accepted,
      'text right %': acceptance(commands, at).right,
      'meaning right %': acceptance(commands, at).meant,
      'other speech accepted %': acceptance(far, at).accepted,
      'own sentences that are no command accepted %': acceptance(near, at).accepted,
    }),
    others: `${far.length} + ${near.length}`,
  });
  for (const { clip, expected, final } of [...commands, ...near, ...far]) {
    everything.push({
      grammar: name,
      file: clip.file,
      expected,
      text: final?.text,
      confidence: final?.confidence,
    });
  }
  if (noise) series.push({ name, points: await againstNoise(grammar, commands) });
}
await engine.close();

mkdirSync(values.output, { recursive: true });
const machine = machineFacts();
const report = { machine, model: values.model, split: values.split, table, curves, series, everything };
writeFileSync(join(values.output, `commands-${values.split}.json`), `${JSON.stringify(report, null, 1)}\n`);
writeFileSync(
  join(values.output, `commands-noise-${values.split}.svg`),
  svgPlot({
    title: 'Commands understood against noise',
    xTitle: 'signal to noise, dB',
    yTitle: 'commands accepted with the right meaning, %',
    series,
    limit: { name: 'all', y: 100 },
    caption: `${values.model}, split ${values.split}. ${machineText(machine)}`,
  }),
);
process.stdout.write(`${tableOf(table)}\n\n${tableOf(curves.map((curve) => texts(curve)))}\n`);
for (const { name, points } of series) {
  const shares = points.map(({ x, y }) => `${x} dB ${y.toFixed(1)} %`).join(', ');
  process.stdout.write(`${name} in noise: ${shares}\n`);
}
process.stdout.write(`${machineText(machine)}\n`);

function tableOf(records: readonly Record<string, string>[]): string {
  const titles = Object.keys(records[0] ?? {});
  return plainTable(
    titles.map((title) => ({ title })),
    records.map((record) => titles.map((title) => record[title] ?? '')),
  );
}

/** Rows of the split, spread evenly over the data sets' speakers when there are more than the limit. */
function chosen(datasets: readonly string[]): ManifestRow[] {
  return datasets.flatMap((dataset) => {
    const all = rows.filter((row) => row.dataset === dataset && row.split === values.split);
    const count = Math.min(all.length, datasets.length > 1 ? Math.ceil(limit / datasets.length) : limit * 2);
    return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
  });
}

async function heardOf(
  grammar: { name: string; text: string },
  wanted: readonly ManifestRow[],
  meaning: (text: string) => SentenceMeaning | null,
): Promise<Heard[]> {
  const clips = await readRealSpeech(wanted, values.speech);
  return listenTo(
    grammar,
    clips.map((clip) => ({ clip, expected: meaning(clip.text) })),
  );
}

/** With every confidence let through, so that any threshold can be looked at afterwards. */
async function listenTo(
  grammar: { name: string; text: string },
  clips: readonly Pick<Heard, 'clip' | 'expected'>[],
): Promise<Heard[]> {
  const heard: Heard[] = [];
  const queue = clips.values();
  const work = async () => {
    for (const { clip, expected } of queue) {
      const stream = engine.createStream({
        task: { type: 'commands', grammars: [grammar], minConfidence: 0 },
        partials: false,
        endpoint: { enabled: false },
      });
      stream.acceptPcm(clip.samples);
      stream.finish();
      let final: Final | null = null;
      for await (const event of stream) if (event.type === 'final') final = event;
      heard.push({ clip, expected, final });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return heard;
}

async function againstNoise(
  grammar: { name: string; text: string },
  commands: readonly Heard[],
): Promise<{ x: number; y: number }[]> {
  const points: { x: number; y: number }[] = [];
  for (const snr of SNRS) {
    const noisy = commands.map(({ clip, expected }) => {
      const noise = noises[Math.floor(random() * noises.length)]!;
      return { clip: { ...clip, samples: mixNoise(clip.samples, noise, { snr, random }) }, expected };
    });
    const { meant } = acceptance(await listenTo(grammar, noisy), config.commands.minConfidence);
    points.push({ x: snr, y: 100 * meant });
  }
  return points.reverse();
}

/** Shares of `heard` that are accepted at `threshold`, and accepted with the right text or the right meaning. */
function acceptance(heard: readonly Heard[], threshold: number) {
  const accepted = heard.filter(({ final }) => final?.intent !== undefined && final.confidence >= threshold);
  const right = accepted.filter(({ clip, final }) => final?.text === normalizeText(clip.text));
  const meant = accepted.filter(sameMeaning);
  const share = (part: readonly Heard[]) => part.length / Math.max(1, heard.length);
  return { accepted: share(accepted), right: share(right), meant: share(meant) };
}

/** Where a sentence has no slots, its words are its meaning: spelled names, numbers. */
function sameMeaning({ clip, expected, final }: Heard): boolean {
  if (expected === null || final?.intent === undefined) return false;
  const slots = (list: readonly { name: string; value: unknown }[]) =>
    JSON.stringify(list.map(({ name, value }) => [name, value]).sort());
  if (expected.slots.length === 0 && final.text !== normalizeText(clip.text)) return false;
  return expected.intent === final.intent.name && slots(expected.slots) === slots(final.intent.slots);
}

function percentages(shares: Record<string, number>): Record<string, string> {
  return Object.fromEntries(Object.entries(shares).map(([key, share]) => [key, (100 * share).toFixed(1)]));
}

function texts(record: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, typeof value === 'number' ? value.toFixed(3) : value]),
  );
}
