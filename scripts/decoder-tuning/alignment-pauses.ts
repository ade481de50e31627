/**
 * How far `earshot align` dates the words of recordings that follow each other, with silence between them, from where it
 * dates those of each recording alone:
 *
 *     npx tsx scripts/decoder-tuning/alignment-pauses.ts models/en-base manifest.tsv --audio FOLDER --split dev --clips 200
 */
import { openAudioFile } from '../../agent/capture/audio-file.ts';
import type { AudioSource } from '../../agent/capture/audio-source.ts';
import { alignRecording } from '../../agent/cli/align-run.ts';
import { AudioFolder } from '../../agent/cli/audio-folder.ts';
import { ClipDecoder } from '../../agent/cli/clip-decoder.ts';
import { textWords } from '../../agent/cli/text-words.ts';
import { defaultConfig } from '../../agent/config.ts';
import type { ManifestRow } from '../../agent/evaluation/manifest.ts';
import { distribution } from '../../agent/evaluation/quantile.ts';
import { markdownTable } from '../../agent/evaluation/table.ts';
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

interface Clip {
  readonly text: string;
  readonly pieces: readonly Int16Array[];
  readonly seconds: number;
}

/** Start and end of a word in seconds; null: it was not found. */
type Span = readonly [start: number, end: number] | null;

async function clipsOf(rows: readonly ManifestRow[]): Promise<Clip[]> {
  const audio = new AudioFolder(audioFolder);
  const decoder = new ClipDecoder();
  const clips: Clip[] = [];
  try {
    for (const { file, text } of rows) {
      const [decoded] = await decoder.decode([await audio.locate(file)]);
      const pieces: Int16Array[] = [];
      const source = await openAudioFile(decoded!.path, { sampleRate: SAMPLE_RATE });
      for await (const { samples } of source) pieces.push(samples.slice());
      await decoded!.release();
      clips.push({ text: text.toLowerCase(), pieces, seconds: secondsOf(pieces) });
    }
  } finally {
    await decoder.close();
    await audio.close();
  }
  return clips;
}

function secondsOf(pieces: readonly Int16Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0) / SAMPLE_RATE;
}

/** Where each word of `text` is found. */
async function spansOf(text: string, pieces: readonly Int16Array[]): Promise<Span[]> {
  const source: AudioSource = {
    sampleRate: SAMPLE_RATE,
    close: async () => {},
    async *[Symbol.asyncIterator]() {
      for (const samples of pieces) yield { samples };
    },
  };
  const setup = { config, words: textWords(text), open: async () => source, onProgress: () => {} };
  const { words } = await alignRecording(setup);
  return words.map(({ start, end }) => (start === null ? null : [start, end]));
}

/** Words of a chain of recordings, where they would be if each recording were found as it is alone. */
function chained(clips: readonly Clip[], alone: readonly (readonly Span[])[], pauseSeconds: number): Span[] {
  let at = 0;
  return clips.flatMap(({ seconds }, i) => {
    const offset = at;
    at += seconds + pauseSeconds;
    return alone[i]!.map((span): Span => span && [span[0] + offset, span[1] + offset]);
  });
}

const clips = await clipsOf(await readRows(manifestPath, { splits: [values.split] }, Number(values.clips)));
const alone: Span[][] = [];
for (const { text, pieces } of clips) alone.push(await spansOf(text, pieces));

const lines: string[][] = [];
for (const pauseSeconds of PAUSES_SECONDS) {
  const distances: number[] = [];
  let lost = 0;
  for (let first = 0; first < clips.length; first += CLIPS_A_CHAIN) {
    const chain = clips.slice(first, first + CLIPS_A_CHAIN);
    const pause = new Int16Array(pauseSeconds * SAMPLE_RATE);
    const text = chain.map(({ text }) => text).join(' ');
    const found = await spansOf(
      text,
      chain.flatMap(({ pieces }) => [...pieces, pause]),
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
