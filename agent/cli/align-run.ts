import { type Bundle, loadBundle } from '../acoustic/bundle.ts';
import { OnnxAcousticModel } from '../acoustic/onnx-acoustic-model.ts';
import { stepMsOf } from '../acoustic/step-length.ts';
import type { AudioSource } from '../capture/audio-source.ts';
import type { Config } from '../config.ts';
import type { PhraseSayings } from '../decoder/decoder-resources.ts';
import { loadDecoderResources } from '../engine/load-decoder-resources.ts';
import { readUserPronunciations } from '../engine/load-pronouncer.ts';
import { logProbRows } from '../engine/log-prob-rows.ts';
import { AgentError } from '../errors.ts';
import { resolvePackagePath } from '../package-info.ts';
import { TextAligner } from './text-aligner.ts';
import type { TextWord } from './text-words.ts';
import type { TimedText } from './timed-text.ts';

/** A single recording; runs are as long as they are still worth it. */
const RUN = { maxBatch: 1, maxSteps: 64 };

export interface AlignRun {
  readonly config: Config;
  /** Opens the recording at a rate in Hz. */
  readonly open: (sampleRate: number) => Promise<AudioSource>;
  readonly words: readonly TextWord[];
  onProgress(seconds: number): void;
}

/** What `alignRecording` found, and the words that the model can not say, which it left out. */
export interface Alignment extends TimedText {
  readonly unsayable: readonly TextWord[];
}

/**
 * Finds the words of a text in a recording.
 * @throws AgentError USAGE when nothing in the text can be said; what is wrong with the model or the recording
 */
export async function alignRecording({ config, open, words, onProgress }: AlignRun): Promise<Alignment> {
  const bundle = await loadBundle(resolvePackagePath(config.model.path));
  const user = await readUserPronunciations(config.decoder.pronunciations);
  const { heads, phrases } = loadDecoderResources(bundle, null, user);
  const said = words.map((word) => ({ ...word, sayings: sayingsOf(word, phrases) }));
  const sayable = said.filter(({ sayings }) => sayings.length > 0);
  if (sayable.length === 0) {
    throw new AgentError('USAGE', 'There is nothing in the text that can be said with the model.');
  }
  const aligner = new TextAligner(sayable, {
    tokens: heads.get(phrases.head)!,
    stepMs: stepMsOf(bundle.description),
    settings: config.alignment,
  });
  const source = await open(bundle.description.sampleRate);
  const seconds = await listen(source, { bundle, config, head: phrases.head, aligner, onProgress });
  return { ...aligner.end(seconds), unsayable: said.filter(({ sayings }) => sayings.length === 0) };
}

/** A word is said as it is written, `3:30` and `TV` too; of what stands around it only a full stop can matter. */
function sayingsOf({ text }: TextWord, { sayings }: PhraseSayings): readonly (readonly number[])[] {
  return sayings(text.replace(/^["'“‘„«([{¿¡]+|["'”’»)\]},;:!?…]+$/gu, ''));
}

interface Listening {
  readonly bundle: Bundle;
  readonly config: Config;
  readonly head: string;
  readonly aligner: TextAligner;
  onProgress(seconds: number): void;
}

/** Returns the length of the recording in seconds. */
async function listen(source: AudioSource, listening: Listening): Promise<number> {
  const { bundle, config, head, aligner, onProgress } = listening;
  const { providers, strict, precision, runtimeDir } = config.model;
  let samples = 0;
  const audio = async function* () {
    for await (const chunk of source) {
      samples += chunk.samples.length;
      yield chunk;
    }
  };
  try {
    const model = await OnnxAcousticModel.load(bundle, { providers, strict, precision, runtimeDir, ...RUN });
    try {
      for await (const rows of logProbRows(model, audio(), { heads: [head], endpoint: config.endpoint })) {
        aligner.accept(rows);
        onProgress(samples / source.sampleRate);
      }
    } finally {
      await model.release();
    }
  } finally {
    await source.close();
  }
  return samples / source.sampleRate;
}
