/**
 * How often wake phrases are missed and wrongly heard, on real recordings beside the repository:
 *
 *     npm run bench:wake
 *     npm run bench:wake -- --document models/en-base      writes the reference page and its plot there
 *     npm run bench:wake -- --speech FOLDER --model FOLDER --limit 50 --set wake.midSpeechPenalty=4
 *
 * The phrases are those of pico_wake, which nothing is trained or tuned on; the background is all speech of `test` and
 * `dev` without the phrase, and all noise. `--limit` takes so many recordings of each phrase and of the background, spread
 * evenly. Writes every curve to `test/artefacts/wake.json` (`--output FOLDER`).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machineFacts } from '../../agent/cli/machine.ts';
import { measureWake } from '../../agent/cli/measure-wake.ts';
import { Progress } from '../../agent/cli/progress.ts';
import { recordingsAt } from '../../agent/cli/recordings.ts';
import { svgPlot } from '../../agent/cli/svg-plot.ts';
import { loadConfig } from '../../agent/config-load.ts';
import { type ManifestRow, parseManifest } from '../../agent/evaluation/manifest.ts';
import { WAKE_THRESHOLDS } from '../../agent/evaluation/wake-curve.ts';
import { hasRealSpeech, SPEECH_FOLDER, SPEECH_MISSING } from '../support/real-speech.ts';
import { wakePage, wakeTradeOff } from './wake-page.ts';

const PHRASES = ['alexa', 'computer', 'jarvis', 'smart mirror', 'snowboy', 'view glass'];
const SAID = 'wake';
const BACKGROUND = ['test', 'dev'];
const NOISE = 'noise.tar';
const ALARMS_PER_HOUR = 0.5;

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: join('models', 'en-base') },
    speech: { type: 'string', default: SPEECH_FOLDER },
    limit: { type: 'string' },
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
  const { config } = loadConfig({
    flags: [...flags.set, `model.path=${flags.model}`].map((setting) => {
      const [key = '', ...text] = setting.split('=');
      return { flag: '--set', key, text: text.join('=') };
    }),
  });
  const folder = flags.speech;
  const rows = parseManifest(readFileSync(join(folder, 'manifest.tsv'), 'utf8'), 'manifest.tsv');
  const ofPhrase = (phrase: string) =>
    rows.filter(({ split, text }) => split === SAID && text.toLowerCase() === phrase);
  const said = PHRASES.flatMap((phrase) => limited(ofPhrase(phrase)));
  const speech = limited(rows.filter(({ split }) => BACKGROUND.includes(split)));
  const noise = await recordingsAt(join(folder, NOISE));
  const progress = new Progress({ unit: 'recordings' });
  const { model, curves, failures } = await measureWake(config, {
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
  for (const { file, error } of failures) process.stderr.write(`${file}: ${error.message}\n`);
  const report = {
    ...{ machine: machineFacts(), model, settings: config.wake, alarmsPerHour: ALARMS_PER_HOUR },
    command: ['npm run bench:wake --', ...process.argv.slice(2)].join(' '),
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

/** At most as many as `--limit` says, spread evenly. */
function limited(all: readonly ManifestRow[]): readonly ManifestRow[] {
  const count = Math.min(all.length, Number(flags.limit ?? all.length));
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}
