import type { AcousticModel } from '../../agent/acoustic/acoustic-model.ts';
import { openAudioFile } from '../../agent/capture/audio-file.ts';
import { AudioFolder } from '../../agent/cli/audio-folder.ts';
import { ClipDecoder } from '../../agent/cli/clip-decoder.ts';
import { defaultConfig } from '../../agent/config.ts';
import { type LogProbRows, logProbRows } from '../../agent/engine/log-prob-rows.ts';
import { normalizerOf } from '../../agent/evaluation/language-rules.ts';
import type { ManifestRow } from '../../agent/evaluation/manifest.ts';
import { splitWords } from '../../agent/evaluation/text-normalization.ts';

/** Recordings are single utterances. */
const NO_ENDPOINT = { ...defaultConfig().endpoint, enabled: false };
/** Recordings that one ffmpeg decodes. */
const BATCH = 32;

/** A recording as a search sees it. */
export interface ScoredClip extends LogProbRows {
  readonly dataset: string;
  readonly reference: readonly string[];
}

/** What heads of the model, side by side, make of the recordings of a manifest. They are computed once, then searched often. */
export async function* scoredClips(
  model: AcousticModel,
  manifest: readonly ManifestRow[],
  { folder, heads }: { readonly folder: string; readonly heads: readonly string[] },
): AsyncGenerator<ScoredClip> {
  const normalize = normalizerOf(model.bundle.description.language);
  const audio = new AudioFolder(folder);
  const decoder = new ClipDecoder();
  try {
    for (let start = 0; start < manifest.length; start += BATCH) {
      const batch = manifest.slice(start, start + BATCH);
      const clips = await decoder.decode(await Promise.all(batch.map(({ file }) => audio.locate(file))));
      for (const [i, { dataset, text }] of batch.entries()) {
        const rows = await rowsOf(model, clips[i]!.path, heads);
        await clips[i]!.release();
        yield { dataset, reference: splitWords(normalize(text)), ...rows };
      }
    }
  } finally {
    await decoder.close();
    await audio.close();
  }
}

async function rowsOf(model: AcousticModel, path: string, heads: readonly string[]): Promise<LogProbRows> {
  const audio = await openAudioFile(path, { sampleRate: model.bundle.frontend.sampleRate });
  const parts: LogProbRows[] = [];
  for await (const part of logProbRows(model, audio, { heads, endpoint: NO_ENDPOINT })) parts.push(part);
  const rows = new Float32Array(parts.reduce((sum, part) => sum + part.rows.length, 0));
  let [at, steps] = [0, 0];
  for (const part of parts) {
    rows.set(part.rows, at);
    at += part.rows.length;
    steps += part.steps;
  }
  return { rows, steps };
}
