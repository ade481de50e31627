import { loadBundle } from '../acoustic/bundle.ts';
import { OnnxAcousticModel } from '../acoustic/onnx-acoustic-model.ts';
import { lookAheadStepsOf, stepMsOf } from '../acoustic/step-length.ts';
import type { Config } from '../config.ts';
import { loadDecoderResources } from '../engine/load-decoder-resources.ts';
import { readUserPronunciations } from '../engine/load-pronouncer.ts';
import { streamSettings } from '../engine/stream-settings.ts';
import { AgentError } from '../errors.ts';
import type { WakeCurve } from '../evaluation/wake-curve.ts';
import { resolvePackagePath } from '../package-info.ts';
import { decoderOptionsOf } from '../recognizer/decoder-options.ts';
import { ClipDecoder } from './clip-decoder.ts';
import { PipelineRun } from './pipeline-run.ts';
import { type WakeFailure, WakeRun, type WakeRunOptions } from './wake-run.ts';

/** Recordings and steps in one run of the model. */
const RUN = { maxBatch: 8, maxSteps: 16 };
/** Never reached: the pipeline itself tells nothing. */
const DEAF = 1;

export interface WakeMeasurement {
  /** Name and version of the model. */
  readonly model: string;
  /** In the order of the phrases. */
  readonly curves: readonly WakeCurve[];
  readonly failures: readonly WakeFailure[];
}

export interface WakeMeasurementOptions extends Omit<WakeRunOptions, 'onProgress'> {
  readonly onProgress: (done: {
    readonly recordings: number;
    readonly total: number;
    readonly audioSeconds: number;
  }) => void;
}

/**
 * Measures how often wake phrases are missed and wrongly heard, at every threshold, by the agent's own pipeline: the
 * log-probs of each recording are computed once.
 * @throws AgentError WAKE_PHRASE for a phrase that can not be listened for; what is wrong with the model
 */
export async function measureWake(config: Config, options: WakeMeasurementOptions): Promise<WakeMeasurement> {
  const bundle = await loadBundle(resolvePackagePath(config.model.path));
  const { framesPerStep, sampleRate, name, version } = bundle.description;
  const user = await readUserPronunciations(config.decoder.pronunciations);
  const resources = loadDecoderResources(bundle, null, user);
  const phrases = options.phrases.slice(0, 1).map((text) => ({ text, threshold: DEAF }));
  const task = { type: 'wake', phrases, listenFor: null } as const;
  const settings = streamSettings(config, bundle.description, { task });
  const lookAheadSteps = lookAheadStepsOf(bundle.description);
  const params = { ...settings, frontend: bundle.frontend, framesPerStep, lookAheadSteps, resources };
  const setup = { resources, options: decoderOptionsOf(settings.decoder, stepMsOf(bundle.description)) };
  const run: WakeRun = new WakeRun(setup, sampleRate, {
    ...options,
    onProgress: (done) => options.onProgress({ ...done, total }),
  });
  const { total } = run;
  if (total === 0) {
    throw new AgentError(
      'MANIFEST_INVALID',
      `There is nothing to hear: no text has "${options.phrases.join('" or "')}" in it, and there is no background without it.`,
    );
  }
  const { providers, strict, precision, runtimeDir } = config.model;
  const model = await OnnxAcousticModel.load(bundle, { providers, strict, precision, runtimeDir, ...RUN });
  const decoder = new ClipDecoder();
  try {
    await new PipelineRun(model, params).play(run.sources(decoder));
  } finally {
    await decoder.close();
    await model.release();
  }
  return { model: `${name} ${version}`, curves: run.curves, failures: run.failures };
}
