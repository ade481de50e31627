import { existsSync, readFileSync } from 'node:fs';
import { openAudioFile } from '../../agent/capture/audio-file.ts';
import { AudioFolder } from '../../agent/cli/audio-folder.ts';
import { ClipDecoder } from '../../agent/cli/clip-decoder.ts';
import { parseManifest } from '../../agent/evaluation/manifest.ts';
import { spread } from '../../agent/evaluation/spread.ts';

/** Real recordings beside the repository; they are never part of it. */
export const SPEECH_FOLDER = '../shared/speech';
/** What a test that needs them says when it is skipped. */
export const SPEECH_MISSING = `needs recordings in ${SPEECH_FOLDER}`;

export interface SpeechClip {
  readonly file: string;
  /** As its source wrote it. */
  readonly text: string;
  /** 16 kHz mono, int16 range. */
  readonly samples: Int16Array;
}

export function hasRealSpeech(): boolean {
  return existsSync(`${SPEECH_FOLDER}/manifest.tsv`);
}

/** All samples of an audio file, 16 kHz mono. */
export async function readSamples(path: string): Promise<Int16Array> {
  const parts: Int16Array[] = [];
  for await (const { samples } of await openAudioFile(path)) parts.push(samples.slice());
  const all = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** `count` recordings of the split `test`, spread evenly over its data sets and speakers; none where there are none. */
export async function realSpeech(count: number): Promise<SpeechClip[]> {
  if (!hasRealSpeech()) return [];
  const manifest = readFileSync(`${SPEECH_FOLDER}/manifest.tsv`, 'utf8');
  const rows = parseManifest(manifest, 'manifest.tsv').filter(({ split }) => split === 'test');
  return readRealSpeech(spread(rows, count));
}

/** The recordings of manifest rows, in their order, from `speechFolder`. */
export async function readRealSpeech(
  rows: readonly { file: string; text: string }[],
  speechFolder = SPEECH_FOLDER,
): Promise<SpeechClip[]> {
  const folder = new AudioFolder(speechFolder);
  const decoder = new ClipDecoder();
  try {
    const clips = await decoder.decode(await Promise.all(rows.map(({ file }) => folder.locate(file))));
    return await Promise.all(
      rows.map(async ({ file, text }, i) => ({ file, text, samples: await readSamples(clips[i]!.path) })),
    );
  } finally {
    await decoder.close();
    await folder.close();
  }
}
