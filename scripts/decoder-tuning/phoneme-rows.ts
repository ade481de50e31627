import type { AcousticModel } from '../../agent/acoustic/acoustic-model.ts';
import { lookAheadStepsOf } from '../../agent/acoustic/step-length.ts';
import { openAudioFile } from '../../agent/capture/audio-file.ts';
import { AudioFolder } from '../../agent/cli/audio-folder.ts';
import { ClipDecoder } from '../../agent/cli/clip-decoder.ts';
import type { ManifestRow } from '../../agent/evaluation/manifest.ts';
import { normalizeText, splitWords } from '../../agent/evaluation/text-normalization.ts';
import { FeatureSpan } from '../../agent/recognizer/feature-span.ts';

/** As in `endpoint.tailPaddingMs`. */
const TAIL_PADDING_MS = 320;
/** Recordings that one ffmpeg decodes. */
const BATCH = 32;

/** A recording as the search sees it. */
export interface ScoredClip {
  readonly dataset: string;
  readonly reference: readonly string[];
  /** `[steps, phonemes]` */
  readonly rows: Float32Array;
  readonly steps: number;
}

/** What the model's head `phonemes` makes of the recordings of a manifest. They are computed once, then searched often. */
export async function* phonemeRows(
  model: AcousticModel,
  manifest: readonly ManifestRow[],
  folder: string,
): AsyncGenerator<ScoredClip> {
  const audio = new AudioFolder(folder);
  const decoder = await ClipDecoder.create();
  try {
    for (let start = 0; start < manifest.length; start += BATCH) {
      const batch = manifest.slice(start, start + BATCH);
      const clips = await decoder.decode(await Promise.all(batch.map(({ file }) => audio.locate(file))));
      for (const [i, { dataset, text }] of batch.entries()) {
        const rows = await rowsOf(model, clips[i]!.path);
        await clips[i]!.release();
        yield { dataset, reference: splitWords(normalizeText(text)), ...rows };
      }
    }
  } finally {
    await decoder.close();
    await audio.close();
  }
}

async function rowsOf(model: AcousticModel, path: string): Promise<{ rows: Float32Array; steps: number }> {
  const { frontend, description } = model.bundle;
  const { framesPerStep } = description;
  const lookAheadSteps = lookAheadStepsOf(description);
  const span = new FeatureSpan({ frontend, framesPerStep, lookAheadSteps, startSample: 0 });
  for await (const { samples } of await openAudioFile(path, { sampleRate: frontend.sampleRate })) {
    span.accept(samples);
  }
  span.close('flush', TAIL_PADDING_MS);
  const width = model.bundle.heads.find(({ name }) => name === 'phonemes')!.tokenCount;
  const state = model.createState();
  const parts: Float32Array[] = [];
  while (span.stepsReady > 0) {
    const count = Math.min(model.maxSteps, span.stepsReady);
    span.read(model.features, 0, count);
    const logProbs = await model.step([state], count);
    parts.push(logProbs.get('phonemes')!.slice(0, count * width)); // the array is the model's own
  }
  const steps = span.totalSteps;
  const rows = new Float32Array((lookAheadSteps + steps) * width);
  let at = 0;
  for (const part of parts) {
    rows.set(part, at);
    at += part.length;
  }
  return { rows: rows.subarray(lookAheadSteps * width), steps }; // the first rows say nothing
}
