/**
 * How often wake phrases are missed and wrongly heard, on real recordings beside the repository:
 *
 *     npm run bench:wake
 *     npm run bench:wake -- --document models/en-base      writes the reference page and its plot there
 *     npm run bench:wake -- --speech FOLDER --model FOLDER --limit 50 --set wake.midSpeechPenalty=4
 *
 * The phrases are those of pico_wake, which nothing is trained or tuned on; the background is all speech of `test` and
 * `dev` without the phrase, and all noise. `--rows FOLDER` keeps what the model makes of the recordings, so that other
 * settings are measured in a minute, and a run that was broken off goes on. `--limit` takes so many recordings of each phrase and of the background, spread
 * evenly. Writes every curve to `test/artefacts/wake.json` (`--output FOLDER`).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { settingOfPair } from '../../agent/cli/config-options.ts';
import { machineFacts } from '../../agent/cli/machine.ts';
import { measureWake } from '../../agent/cli/measure-wake.ts';
import { Progress } from '../../agent/cli/progress.ts';
import { recordingsAt } from '../../agent/cli/recordings.ts';
import { svgPlot } from '../../agent/cli/svg-plot.ts';
import { loadConfig } from '../../agent/config-load.ts';
import { type ManifestRow, parseManifest } from '../../agent/evaluation/manifest.ts';
import { spread } from '../../agent/evaluation/spread.ts';
import { WAKE_THRESHOLDS } from '../../agent/evaluation/wake-curve.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { hasRealSpeech, SPEECH_FOLDER, SPEECH_MISSING } from '../support/real-speech.ts';
import { RowFile } from './row-file.ts';
import { wakePage, wakeTradeOff } from './wake-page.ts';

const PHRASES = ['alexa', 'computer', 'jarvis', 'smart mirror', 'snowboy', 'view glass'];
const SAID = 'wake';
const BACKGROUND = ['test', 'dev'];
const NOISE = 'noise.tar';
const ALARMS_PER_HOUR = 0.5;

const { values: flags } = scriptArguments(import.meta.filename, {
  options: {
    model: { type: 'string', default: join('models', 'en-base') },
    speech: { type: 'string', default: SPEECH_FOLDER },
    limit: { type: 'string' },
    rows: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    output: { type: 'string', default: join('test', 'artefacts') },
    document: { type: 'string' },
  },
});

if (!hasRealSpeech() && flags.speech === SPEECH_FOLDER) {
  process.stdout.write(`bench:wake is skipped: it ${SPEECH_MISSING}, or --speech FOLDER\n`);
} else {
  await measure();
}

async function measure(): Promise<void> {
  const { config } = loadConfig({ flags: [...flags.set, `model.path=${flags.model}`].map(settingOfPair) });
  const folder = flags.speech;
  const rows = parseManifest(readFileSync(join(folder, 'manifest.tsv'), 'utf8'), 'manifest.tsv');
  const ofPhrase = (phrase: string) =>
    rows.filter(({ split, text }) => split === SAID && text.toLowerCase() === phrase);
  const said = PHRASES.flatMap((phrase) => limited(ofPhrase(phrase)));
  const speech = limited(rows.filter(({ split }) => BACKGROUND.includes(split)));
  const noise = await recordingsAt(join(folder, NOISE));
  const progress = new Progress({ unit: 'recordings' });
  const keptRows =
    flags.rows === undefined ? undefined : await rowFile(flags.rows, config.wake.spellingWeight > 0);
  const { model, curves, failures } = await measureWake(config, {
    keptRows,
    ...{ phrases: PHRASES, thresholds: WAKE_THRESHOLDS },
    said: [{ folder, rows: said }],
    background: [
      { folder, rows: speech },
      { ...noise, rows: limited(noise.rows) },
    ],
    onProgress: ({ recordings, total, audioSeconds }) =>
      progress.update({ done: recordings, total, audioSeconds }),
  });
  progress.clear();
  keptRows?.close();
  for (const { file, error } of failures) process.stderr.write(`${file}: ${error.message}\n`);
  const report = {
    ...{ machine: machineFacts(), model, settings: config.wake, alarmsPerHour: ALARMS_PER_HOUR },
    command: command(),
    phrases: PHRASES.map((phrase, i) => ({ phrase, curve: curves[i]! })),
  };
  const page = wakePage(report);
  const plot = svgPlot(wakeTradeOff(report));
  mkdirSync(flags.output, { recursive: true });
  writeFileSync(join(flags.output, 'wake.json'), `${JSON.stringify({ ...report, failures }, null, 1)}\n`);
  writeFileSync(join(flags.output, 'wake-trade-off.svg'), plot);
  if (flags.document !== undefined) {
    writeFileSync(join(flags.document, 'WAKE.md'), page);
    writeFileSync(join(flags.document, 'wake-trade-off.svg'), plot);
  }
  process.stdout.write(page);
  if (failures.length > 0) process.exitCode = 1;
}

/** What measures the same; where the recordings and their rows lie is for each machine to say. */
function command(): string {
  const { document, limit, set } = flags;
  const options = [
    ...(limit === undefined ? [] : [`--limit ${limit}`]),
    ...set.map((setting) => `--set ${setting}`),
    ...(document === undefined ? [] : [`--document ${document}`]),
  ];
  return ['npm run bench:wake', ...(options.length > 0 ? ['--', ...options] : [])].join(' ');
}

/** The rows of the model that runs, in the precision of the CPU: those of all heads that the search takes. */
async function rowFile(folder: string, isSpelled: boolean): Promise<RowFile> {
  const { description, heads } = await loadBundle(flags.model);
  const { int8, fp32 } = description.files;
  const sounds = heads.find(({ wordBoundary }) => wordBoundary === null) ?? heads[0]!;
  const taken = isSpelled ? heads : [sounds];
  const rowLength = taken.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  return new RowFile(folder, (int8 ?? fp32)!.sha256, rowLength);
}

/** At most as many as `--limit` says, spread evenly. */
function limited(all: readonly ManifestRow[]): readonly ManifestRow[] {
  return spread(all, Number(flags.limit ?? all.length));
}
