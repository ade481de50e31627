import { loadBundle } from '../../../agent/acoustic/bundle.ts';
import { OnnxAcousticModel } from '../../../agent/acoustic/onnx-acoustic-model.ts';
import type { Config } from '../../../agent/config.ts';
import { Recognizer } from '../../../agent/engine/recognizer.ts';
import type { RateSummary } from '../../../agent/evaluation/summary.ts';
import { type SpokenClip, wordErrorRate } from './transcribe.ts';

const PRECISIONS = ['fp32', 'int8', 'fp16'] as const;
const WARM_UP = 50;
const STEPS = 1000;

export interface PrecisionResult {
  readonly precision: (typeof PRECISIONS)[number];
  readonly wer: RateSummary;
  /** Of the processor, of one stream and one step at a time. */
  readonly microsecondsPerStep: number;
}

/** The word error rate of each precision that the bundle has, and what a step of its model costs. */
export async function comparePrecisions(
  folder: string,
  config: Config,
  clips: readonly SpokenClip[],
): Promise<PrecisionResult[]> {
  const { files } = (await loadBundle(folder)).description;
  const results: PrecisionResult[] = [];
  for (const precision of PRECISIONS.filter((each) => files[each] !== undefined)) {
    const engine = await Recognizer.load(folder, { ...config, model: { ...config.model, precision } });
    const wer = await wordErrorRate(engine, clips);
    await engine.close();
    results.push({ precision, wer, microsecondsPerStep: await stepCost(folder, precision) });
  }
  return results;
}

/** Processor time, so that other work on the machine does not count. */
async function stepCost(folder: string, precision: PrecisionResult['precision']): Promise<number> {
  const model = await OnnxAcousticModel.load(await loadBundle(folder), {
    ...{ providers: ['cpu'], strict: false, precision, runtimeDir: '' },
    ...{ maxBatch: 1, maxSteps: 1 },
  });
  model.features.fill(1);
  const states = [model.createState()];
  for (let step = 0; step < WARM_UP; step++) await model.step(states, 1);
  const before = process.cpuUsage();
  for (let step = 0; step < STEPS; step++) await model.step(states, 1);
  const { user, system } = process.cpuUsage(before);
  await model.release();
  return (user + system) / STEPS;
}
