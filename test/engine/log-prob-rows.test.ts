import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { AcousticModel } from '../../agent/acoustic/acoustic-model.ts';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { OnnxAcousticModel } from '../../agent/acoustic/onnx-acoustic-model.ts';
import { defaultConfig } from '../../agent/config.ts';
import { logProbRows } from '../../agent/engine/log-prob-rows.ts';
import { concatInt16 } from '../support/concat-int16.ts';
import { babble } from '../support/test-audio.ts';
import { TINY_LOOK_AHEAD, TINY_MODEL } from '../support/tiny-bundle.ts';

const { endpoint } = defaultConfig();
const AUDIO = babble(1);

async function load(t: TestContext, folder: string, maxSteps: number): Promise<OnnxAcousticModel> {
  const model = await OnnxAcousticModel.load(await loadBundle(folder), {
    ...defaultConfig().model,
    providers: ['cpu'],
    maxBatch: 1,
    maxSteps,
  });
  t.after(() => model.release());
  return model;
}

/** All rows of a recording that comes in pieces of `pieceSamples`. */
async function rowsOf(
  model: AcousticModel,
  pieceSamples: number,
  limits = endpoint,
  samples = AUDIO,
): Promise<number[]> {
  const audio = async function* () {
    for (let at = 0; at < samples.length; at += pieceSamples) {
      yield { samples: samples.subarray(at, at + pieceSamples) };
    }
  };
  const all: number[] = [];
  for await (const { rows } of logProbRows(model, audio(), { heads: ['phonemes'], endpoint: limits }))
    all.push(...rows);
  return all;
}

/** The model, but that steps of digital silence are blank; it counts what it computes. */
function hearingSilence(model: AcousticModel) {
  const { heads, description } = model.bundle;
  const { tokenCount, blank } = heads.find(({ name }) => name === 'phonemes')!;
  const counts = { steps: 0, states: 0 };
  const hearing: AcousticModel = {
    ...{ bundle: model.bundle, placement: model.placement, features: model.features },
    ...{ maxBatch: model.maxBatch, maxSteps: model.maxSteps, release: () => model.release() },
    createState: () => {
      counts.states += 1;
      return model.createState();
    },
    step: async (states, steps) => {
      counts.steps += steps;
      const logProbs = new Map(await model.step(states, steps));
      const rows = logProbs.get('phonemes')!.slice();
      const stepWidth = model.features.length / model.maxSteps / model.maxBatch;
      for (let step = 0; step < steps; step += 1) {
        const frames = model.features.subarray(step * stepWidth, (step + 1) * stepWidth);
        const { coefficients } = description.frontend;
        const isSilent = frames.every((value, i) => value === frames[i % coefficients]);
        rows[step * tokenCount + blank] = isSilent ? 1 : -99;
      }
      return logProbs.set('phonemes', rows);
    },
  };
  return { hearing, counts, width: tokenCount };
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  assert.equal(a.length, b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

for (const folder of [TINY_MODEL, TINY_LOOK_AHEAD]) {
  test(`gives a row for each step of the recording and of its padding, for any pieces: ${folder.split('/').at(-1)}`, async (t) => {
    const model = await load(t, folder, 8);
    const { description, heads } = model.bundle;
    const width = heads.find(({ name }) => name === 'phonemes')!.tokenCount;
    const stepSamples = description.framesPerStep * description.frontend.hop;
    const rows = await rowsOf(model, 1600);
    assert.equal(rows.length / width, Math.ceil((16_000 + 0.32 * 16_000) / stepSamples));
    assert.ok(largestDifference(rows, await rowsOf(model, 777)) < 1e-4);
    assert.ok(largestDifference(rows, await rowsOf(await load(t, folder, 3), 1600)) < 1e-4);
  });

  test(`goes on hearing where the greatest length ends a segment: ${folder.split('/').at(-1)}`, async (t) => {
    const model = await load(t, folder, 8);
    const whole = await rowsOf(model, 1600, { ...endpoint, enabled: false });
    const parts = await rowsOf(model, 1600, { ...endpoint, rule3UtteranceMs: 400 });
    assert.ok(largestDifference(parts, whole) < 1e-4);
  });
}

for (const [where, limits, runUpSteps] of [
  ['behind an endpoint', { ...endpoint, rule2SilenceMs: 1200 }, 10],
  ['in a pause where no segment ends', { ...endpoint, enabled: false }, 20],
] as const) {
  test(`begins anew ${where}, as a stream does, behind a run-up of ${runUpSteps} steps`, async (t) => {
    const { hearing, counts, width } = hearingSilence(await load(t, TINY_MODEL, 8));
    const { frontend, description } = hearing.bundle;
    const stepSamples = description.framesPerStep * frontend.hop;
    // so long that there is one beginning in the pause, a little before it is over
    const ruleSteps = (1.2 * frontend.sampleRate) / stepSamples;
    const [spokenSteps, pauseSteps] = [12, ruleSteps + 2];
    const before = AUDIO.subarray(0, spokenSteps * stepSamples);
    const samples = concatInt16([before, new Int16Array(pauseSteps * stepSamples), AUDIO]);
    const rows = await rowsOf(hearing, 1600, limits, samples);
    const stepCount = rows.length / width;
    assert.equal(stepCount, Math.ceil((samples.length + 0.32 * frontend.sampleRate) / stepSamples));
    assert.deepEqual(counts, { steps: stepCount + runUpSteps, states: 2 });
    const runUp = spokenSteps + ruleSteps - runUpSteps;
    const alone = await rowsOf(hearing, 1600, limits, samples.subarray(runUp * stepSamples));
    const behind = spokenSteps + pauseSteps;
    assert.ok(largestDifference(rows.slice(behind * width), alone.slice((behind - runUp) * width)) < 1e-4);
    assert.ok(largestDifference(rows, await rowsOf(hearing, 777, limits, samples)) < 1e-4);
  });
}
