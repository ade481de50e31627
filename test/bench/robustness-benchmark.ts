/**
 * What noise, silence, a long stream, the precision of the weights and the kind of speaker do to the words heard, on real
 * recordings beside the repository:
 *
 *     npm run bench:robustness                                       all of it, on the split `test`
 *     npm run bench:robustness -- --part noise-curve --clips 50      one part, on fewer recordings
 *     npm run bench:robustness -- --document models/en-base          writes the reference page and its plot there
 *     npm run bench:robustness -- --speech FOLDER --model FOLDER --split dev --set decoder.wordBonus=1
 *     npm run bench:robustness -- --speakers FOLDER                  `spk2age` and `spk2gender` of SpeechOcean762
 *
 * Parts: noise-curve, no-speech, no-speech-any, long-stream, pauses, precisions, speakers. Each writes what it found to
 * `test/artefacts/robustness-PART.json` (`--output FOLDER`); the page has all parts that are there.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingOfPair } from '../../agent/cli/config-options.ts';
import { machineFacts } from '../../agent/cli/machine.ts';
import { svgPlot } from '../../agent/cli/svg-plot.ts';
import type { Config } from '../../agent/config.ts';
import { loadConfig } from '../../agent/config-load.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { spread } from '../../agent/evaluation/spread.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { readRealSpeech, SPEECH_FOLDER, SPEECH_MISSING } from '../support/real-speech.ts';
import { readNoiseKinds } from './noise-mix.ts';
import { longStream } from './robustness/long-stream.ts';
import { noSpeech } from './robustness/no-speech.ts';
import { noiseCurve } from './robustness/noise-curve.ts';
import { comparePauses } from './robustness/pauses.ts';
import { comparePrecisions } from './robustness/precisions.ts';
import { noisePlot, type RobustnessParts, robustnessPage } from './robustness/robustness-page.ts';
import { readSpeakerFacts, speakerGroups } from './robustness/speaker-groups.ts';
import { readSpeakerRows, type SpeakerRow, shuffled } from './robustness/speaker-rows.ts';
import { transcribeClips } from './robustness/transcribe.ts';

const { values: flags } = scriptArguments(import.meta.filename, {
  options: {
    model: { type: 'string', default: join('models', 'en-base') },
    split: { type: 'string', default: 'test' },
    speech: { type: 'string', default: SPEECH_FOLDER },
    speakers: { type: 'string' },
    clips: { type: 'string', default: '150' },
    seconds: { type: 'string', default: '3600' },
    part: { type: 'string', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    output: { type: 'string', default: join('test', 'artefacts') },
    document: { type: 'string' },
  },
});
/** Seconds a recording that any sample of them has on average; half the long stream is filled then. */
const SHORTEST_MEAN = 6;
const { model, split } = flags;
const { config } = loadConfig({ flags: flags.set.map(settingOfPair) });

const PARTS: { [name in keyof RobustnessParts]-?: () => Promise<Required<RobustnessParts>[name]['result']> } =
  {
    'noise-curve': async () =>
      withEngine(async (engine) =>
        noiseCurve(engine, await sample(), await readNoiseKinds(flags.speech, 60)),
      ),
    'no-speech': () => withEngine(withoutSpeech),
    'no-speech-any': () => withEngine(withoutSpeech, anyWord(config)),
    'long-stream': () =>
      withEngine(async (engine) => {
        const rows = shuffled(testRows()).slice(0, Math.ceil(Number(flags.seconds) / SHORTEST_MEAN));
        return longStream(engine, await readRealSpeech(rows, flags.speech), Number(flags.seconds));
      }),
    pauses: () => withEngine(async (engine) => comparePauses(engine, await sample())),
    precisions: async () => comparePrecisions(model, config, await sample()),
    speakers: () => withEngine(bySpeaker),
  };

if (existsSync(join(flags.speech, 'manifest.tsv'))) await main();
else process.stdout.write(`Skipped: ${SPEECH_MISSING}.\n`);

async function main(): Promise<void> {
  mkdirSync(flags.output, { recursive: true });
  const names = Object.keys(PARTS) as (keyof RobustnessParts)[];
  const wanted = flags.part.length === 0 ? names : names.filter((name) => flags.part.includes(name));
  for (const name of wanted) {
    const facts = { machine: machineFacts(), model, split, clips: Number(flags.clips), set: flags.set };
    const part = { ...facts, result: await PARTS[name]() };
    writeFileSync(artefact(name), `${JSON.stringify(part, null, 1)}\n`);
  }
  const there = names.filter((name) => existsSync(artefact(name)));
  const read = there.map((name) => [name, JSON.parse(readFileSync(artefact(name), 'utf8'))]);
  const parts = Object.fromEntries(read) as RobustnessParts;
  const page = robustnessPage(parts);
  if (flags.document !== undefined) {
    writeFileSync(join(flags.document, 'ROBUSTNESS.md'), page);
    const curve = parts['noise-curve'];
    if (curve !== undefined) {
      writeFileSync(join(flags.document, 'noise.svg'), svgPlot(noisePlot(curve)));
    }
  }
  process.stdout.write(page);
}

async function withoutSpeech(engine: Recognizer) {
  return noSpeech(engine, await readNoiseKinds(flags.speech));
}

async function bySpeaker(engine: Recognizer) {
  const rows = spread(testRows(), Number(flags.clips));
  const heard = await transcribeClips(engine, await readRealSpeech(rows, flags.speech));
  const utterances = rows.map((row, i) => ({ ...row, heard: heard[i]! }));
  return speakerGroups(utterances, readSpeakerFacts(flags.speakers));
}

function sample() {
  return readRealSpeech(spread(testRows(), Number(flags.clips)), flags.speech);
}

function testRows(): SpeakerRow[] {
  return readSpeakerRows(join(flags.speech, 'manifest.tsv')).filter((row) => row.split === split);
}

async function withEngine<Result>(
  use: (engine: Recognizer) => Promise<Result>,
  settings = config,
): Promise<Result> {
  const engine = await Recognizer.load(model, settings);
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/** However unsure words are. */
function anyWord(settings: Config): Config {
  return { ...settings, transcript: { ...settings.transcript, minConfidence: 0 } };
}

function artefact(name: string): string {
  return join(flags.output, `robustness-${name}.json`);
}
