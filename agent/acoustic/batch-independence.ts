import type { AcousticModel } from './acoustic-model.ts';

/** Largest difference of a log-probability that counts as rounding; kernels of half precision differ by some 1e-2. */
const TOLERANCE = 0.05;
const STEPS = 2;

/**
 * Whether a stream gets the same results alone, step by step, as it gets beside another stream and two steps at
 * a time. Graphs that quantise their activations with one scale per run fail this: what one speaker gets would
 * depend on what the others say, and on how the network cut the audio.
 * @param model with room for two streams and two steps
 */
export async function isBatchIndependent(model: AcousticModel): Promise<boolean> {
  const { description, frontend } = model.bundle;
  const dim = frontend.coefficients;
  const stream = speechLikeFeatures(STEPS * description.framesPerStep, dim, 1);
  const neighbour = speechLikeFeatures(STEPS * description.framesPerStep, dim, 4);
  const alone = await runAlone(model, stream);
  model.features.set(stream);
  model.features.set(neighbour, stream.length);
  const together = await model.step([model.createState(), model.createState()], STEPS);
  return [...alone].every(([head, expected]) => {
    const got = together.get(head)!;
    return expected.every((logProb, i) => Math.abs(logProb - got[i]!) <= TOLERANCE);
  });
}

async function runAlone(model: AcousticModel, features: Float32Array): Promise<Map<string, number[]>> {
  const rows = new Map<string, number[]>(model.bundle.heads.map(({ name }) => [name, []]));
  const state = model.createState();
  const stepSize = features.length / STEPS;
  for (let step = 0; step < STEPS; step++) {
    model.features.set(features.subarray(step * stepSize, (step + 1) * stepSize));
    const logProbs = await model.step([state], 1);
    for (const { name, tokenCount } of model.bundle.heads) {
      rows.get(name)!.push(...logProbs.get(name)!.subarray(0, tokenCount));
    }
  }
  return rows;
}

/** Row-major `[frames, dim]` with the sizes of speech: a large first coefficient and small others. */
function speechLikeFeatures(frames: number, dim: number, gain: number): Float32Array {
  return Float32Array.from({ length: frames * dim }, (_, i) => {
    const wave = Math.sin(0.7 * i + gain) + Math.sin(0.013 * i * i);
    return gain * (i % dim === 0 ? 400 + 100 * wave : 20 * wave);
  });
}
