/**
 * How well commands are understood and what is none refused, on real recordings beside the repository:
 *
 *     npm run bench:commands                        on the split `test`
 *     npm run bench:commands -- --split dev         to choose settings
 *     npm run bench:commands -- --document models/en-base      writes the reference page and its plot there
 *     npm run bench:commands -- --speech FOLDER --model FOLDER --limit 100 --set commands.fillerPenalty=2
 *
 *     npm run bench:commands -- --split dev --confusions 20    which words are heard as which; no noise is added, quicker
 *
 * A recording whose text is a sentence of the grammar is a command, and the grammar says what it means; all other
 * recordings, also those in which a command is part of a longer sentence, are not. Noise is added to the commands by a
 * seeded choice. Writes every recording to `test/artefacts/commands-SPLIT.json` (`--output FOLDER`).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingOfPair } from '../../agent/cli/config-options.ts';
import { machineFacts } from '../../agent/cli/machine.ts';
import { svgPlot } from '../../agent/cli/svg-plot.ts';
import { loadConfig } from '../../agent/config-load.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { type ManifestRow, parseManifest } from '../../agent/evaluation/manifest.ts';
import { seededRandom } from '../../agent/evaluation/random.ts';
import { spread } from '../../agent/evaluation/spread.ts';
import { normalizeText, splitWords } from '../../agent/evaluation/text-normalization.ts';
import { networkOf } from '../../agent/grammar/compile-grammar.ts';
import { readGrammar } from '../../agent/grammar/read-grammar.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { matchSentence } from '../support/match-sentence.ts';
import { readRealSpeech, SPEECH_FOLDER } from '../support/real-speech.ts';
import { confusionTable } from './command-confusions.ts';
import { listenForCommands } from './command-listener.ts';
import { type CommandReport, commandPage, type GrammarReport, noisePlot } from './command-page.ts';
import { acceptedShare, type HeardClip, scoreCommands } from './command-score.ts';
import { mixNoise, readNoises } from './noise-mix.ts';

/** Where a data set has no `dev`, its `train` stands in: the model has heard those recordings, so they look easier. */
const GRAMMARS = [
  { name: 'services', dataset: 'wuw2', dev: 'dev', title: 'services asked for on the telephone' },
  { name: 'an4', dataset: 'an4', dev: 'train', title: 'numbers, spelling, dates, commands (AN4)' },
  { name: 'alphanum', dataset: 'alphanum', dev: 'train', title: 'digits and names spelled' },
] as const;
/** Speech that is no command of any grammar. */
const OTHER_SPEECH = ['cv13delta', 'librispeech_tc5', 'speechocean762'];
const ALL_SNRS = [6, 12, 18, 24];
const THRESHOLDS = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95];

const { values: flags } = scriptArguments(import.meta.filename, {
  options: {
    model: { type: 'string', default: join('models', 'en-base') },
    split: { type: 'string', default: 'test' },
    speech: { type: 'string', default: SPEECH_FOLDER },
    limit: { type: 'string', default: '150' },
    set: { type: 'string', multiple: true, default: [] },
    output: { type: 'string', default: join('test', 'artefacts') },
    confusions: { type: 'string' },
    document: { type: 'string' },
  },
});

interface Sound {
  readonly file: string;
  readonly text: string;
  readonly samples: Int16Array;
}

const { model, split } = flags;
const { config } = loadConfig({ flags: flags.set.map(settingOfPair) });
const { minConfidence } = config.commands;
const limit = Number(flags.limit);
const snrs = flags.confusions === undefined ? ALL_SNRS : [];
const rows = parseManifest(readFileSync(join(flags.speech, 'manifest.tsv'), 'utf8'), 'manifest.tsv');
const engine = await Recognizer.load(flags.model, config);
const random = seededRandom(1);
const noises = await readNoises(flags.speech);
const perDataset = Math.ceil(limit / OTHER_SPEECH.length);
const others = await sounds(OTHER_SPEECH.flatMap((dataset) => chosen(dataset, flags.split, perDataset)));

const heard: Record<string, readonly HeardClip[]> = {};
const grammars: GrammarReport[] = [];
for (const grammar of GRAMMARS) grammars.push(await measure(grammar));
await engine.close();

const report: CommandReport = { machine: machineFacts(), model, split, limit, minConfidence, grammars };
const page = commandPage(report);
const plot = svgPlot(noisePlot(report));
mkdirSync(flags.output, { recursive: true });
const everything = { ...report, settings: config.commands, heard };
writeFileSync(join(flags.output, `commands-${split}.json`), `${JSON.stringify(everything, null, 1)}\n`);
writeFileSync(join(flags.output, `commands-noise-${split}.svg`), plot);
if (flags.document !== undefined) {
  writeFileSync(join(flags.document, 'COMMANDS.md'), page);
  writeFileSync(join(flags.document, 'commands-noise.svg'), plot);
}
process.stdout.write(page);
if (flags.confusions !== undefined) {
  for (const { name, title } of GRAMMARS) {
    process.stdout.write(`\n${title}\n\n${confusionTable(heard[name]!, Number(flags.confusions))}\n`);
  }
}

async function measure({ name, dataset, dev, title }: (typeof GRAMMARS)[number]): Promise<GrammarReport> {
  const listen = listenerTo({
    name,
    text: readFileSync(new URL(`grammars/${name}.yaml`, import.meta.url), 'utf8'),
  });
  const own = await sounds(chosen(dataset, split === 'dev' ? dev : split, 2 * limit));
  const said = await listen(own);
  const far = (await listen(others)).filter(({ meaning }) => meaning === null);
  const commands = said.filter(({ meaning }) => meaning !== null);
  const near = said.filter(({ meaning }) => meaning === null);
  const noise = await listen(noises.map((samples, i) => ({ file: `noise ${i + 1}`, text: '', samples })));
  heard[name] = [...said, ...far, ...noise];
  const files = new Set(commands.map(({ file }) => file));
  const spoken = own.filter(({ file }) => files.has(file));
  const inNoise: GrammarReport['inNoise'][number][] = [];
  for (const snr of snrs) {
    const noisy = await listen(spoken.map((sound) => inNoiseOf(sound, snr)));
    inNoise.push({ snr, score: scoreCommands(noisy, minConfidence) });
  }
  const at = (threshold: number) => ({
    threshold,
    score: scoreCommands(commands, threshold),
    falselyAccepted: {
      near: acceptedShare(near, threshold),
      far: acceptedShare(far, threshold),
      noise: acceptedShare(noise, threshold),
    },
  });
  const counts = { commands: commands.length, near: near.length, far: far.length, noise: noise.length };
  return { title, counts, result: at(minConfidence), byThreshold: THRESHOLDS.map(at), inNoise };
}

/** Listens to recordings for the commands of a grammar, and says what they mean in it. */
function listenerTo(grammar: { name: string; text: string }) {
  const read = readGrammar(grammar);
  const network = networkOf([read]);
  const intents = read.groups.map(({ intent, slots }) => ({ name: intent, grammar: grammar.name, slots }));
  return async (clips: readonly Sound[]): Promise<HeardClip[]> => {
    const finals = await listenForCommands(
      engine,
      grammar,
      clips.map(({ samples }) => samples),
    );
    return clips.map(({ file, text }, index) => {
      const spoken = normalizeText(text);
      const meaning = matchSentence(network, intents, splitWords(spoken));
      return { file, text: spoken, meaning, final: finals[index] ?? null };
    });
  };
}

function inNoiseOf(sound: Sound, snr: number): Sound {
  const noise = noises[Math.floor(random() * noises.length)]!;
  return { ...sound, samples: mixNoise(sound.samples, noise, { snr, random }) };
}

/** At most `most` rows of the data set's split, spread evenly over its speakers. */
function chosen(dataset: string, split: string, most: number): ManifestRow[] {
  return spread(
    rows.filter((row) => row.dataset === dataset && row.split === split),
    most,
  );
}

async function sounds(wanted: readonly ManifestRow[]): Promise<Sound[]> {
  return readRealSpeech(wanted, flags.speech);
}
