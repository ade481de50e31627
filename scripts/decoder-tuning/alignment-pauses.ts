/**
 * How far `earshot align` dates the words of recordings that follow each other, with silence between them, from where it
 * dates those of each recording alone:
 *
 *     npx tsx scripts/decoder-tuning/alignment-pauses.ts models/en-base manifest.tsv --audio FOLDER --split dev --clips 200
 */
import type { AudioSource } from '../../agent/capture/audio-source.ts';
import { alignRecording } from '../../agent/cli/align-run.ts';
import { textWords } from '../../agent/cli/text-words.ts';
import { defaultConfig } from '../../agent/config.ts';
import { distribution } from '../../agent/evaluation/quantile.ts';
import { markdownTable } from '../../agent/evaluation/table.ts';
import { readRealSpeech, type SpeechClip } from '../../test/support/real-speech.ts';
import { scriptArguments } from '../script-arguments.ts';
import { readRows } from './search-setup.ts';
import { RECORDING_OPTIONS, tuningInputs } from './tuning-inputs.ts';

const SAMPLE_RATE = 16_000;
const PAUSES_SECONDS = [0.3, 1.5, 5] as const;
const CLIPS_A_CHAIN = 10;
/** A word further off than this is in the wrong place. */
const OFF_MS = 200;

const parsed = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: {
    ...RECORDING_OPTIONS,
    clips: { type: 'string', default: '200' },
    'no-endpoints': { type: 'boolean', default: false },
  },
});
const { values } = parsed;
const { folder, manifestPath, audioFolder } = tuningInputs(parsed);
const defaults = defaultConfig();
const config = {
  ...defaults,
  model: { ...defaults.model, path: folder },
  endpoint: { ...defaults.endpoint, enabled: !values['no-endpoints'] },
};

/** Start and end of a word in seconds; null: it was not found. */
type Span = readonly [start: number, end: number] | null;

/** Where each word of the texts is found. */
async function spansOf(texts: readonly string[], pieces: readonly Int16Array[]): Promise<Span[]> {
  const source: AudioSource = {
    sampleRate: SAMPLE_RATE,
    close: async () => {},
    async *[Symbol.asyncIterator]() {
      for (const samples of pieces) yield { samples };
    },
  };
  const setup = {
    config,
    words: textWords(texts.join(' ').toLowerCase()),
    open: async () => source,
    onProgress: () => {},
  };
  const { words } = await alignRecording(setup);
  return words.map(({ start, end }) => (start === null ? null : [start, end]));
}

/** Words of a chain of recordings, where they would be if each recording were found as it is alone. */
function chained(
  clips: readonly SpeechClip[],
  alone: readonly (readonly Span[])[],
  pauseSeconds: number,
): Span[] {
  let at = 0;
  return clips.flatMap(({ samples }, i) => {
    const offset = at;
    at += samples.length / SAMPLE_RATE + pauseSeconds;
    return alone[i]!.map((span): Span => span && [span[0] + offset, span[1] + offset]);
  });
}

const rows = await readRows(manifestPath, { splits: [values.split] }, Number(values.clips));
const clips = await readRealSpeech(rows, audioFolder);
const alone: Span[][] = [];
for (const { text, samples } of clips) alone.push(await spansOf([text], [samples]));

const lines: string[][] = [];
for (const pauseSeconds of PAUSES_SECONDS) {
  const distances: number[] = [];
  let lost = 0;
  for (let first = 0; first < clips.length; first += CLIPS_A_CHAIN) {
    const chain = clips.slice(first, first + CLIPS_A_CHAIN);
    const pause = new Int16Array(pauseSeconds * SAMPLE_RATE);
    const found = await spansOf(
      chain.map(({ text }) => text),
      chain.flatMap(({ samples }) => [samples, pause]),
    );
    for (const [i, span] of chained(chain, alone.slice(first), pauseSeconds).entries()) {
      if (span === null) continue;
      const other = found[i]!;
      if (other === null) lost += 1;
      else distances.push(1000 * Math.max(Math.abs(other[0] - span[0]), Math.abs(other[1] - span[1])));
    }
  }
  const { p50, p95 } = distribution(distances)!;
  const total = distances.length + lost;
  const off = distances.filter((distance) => distance > OFF_MS).length;
  const percent = (count: number) => ((100 * count) / total).toFixed(2);
  lines.push([`${pauseSeconds} s`, `${total}`, p50.toFixed(0), p95.toFixed(0), percent(off), percent(lost)]);
}
const columns = ['pause', 'words', 'median ms', 'p95', `over ${OFF_MS} ms %`, 'not found %'].map((title) => ({
  title,
}));
process.stdout.write(`${markdownTable(columns, lines)}\n`);
