import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { OnnxAcousticModel } from '../../agent/acoustic/onnx-acoustic-model.ts';
import { defaultConfig } from '../../agent/config.ts';
import { logProbRows } from '../../agent/engine/log-prob-rows.ts';
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

/** All rows of a second of babble that comes in pieces of `pieceSamples`. */
async function rowsOf(model: OnnxAcousticModel, pieceSamples: number, limits = endpoint): Promise<number[]> {
  const audio = async function* () {
    for (let at = 0; at < AUDIO.length; at += pieceSamples) {
      yield { samples: AUDIO.subarray(at, at + pieceSamples) };
    }
  };
  const all: number[] = [];
  for await (const { rows } of logProbRows(model, audio(), { heads: ['phonemes'], endpoint: limits }))
    all.push(...rows);
  return all;
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

  test(`begins anew at the end of a segment, and loses no step: ${folder.split('/').at(-1)}`, async (t) => {
    const model = await load(t, folder, 8);
    const whole = await rowsOf(model, 1600, { ...endpoint, enabled: false });
    const stepMs = (model.bundle.description.framesPerStep * 160) / 16;
    const parts = await rowsOf(model, 1600, { ...endpoint, rule3UtteranceMs: 10 * stepMs });
    assert.equal(parts.length, whole.length);
    const width = model.bundle.heads.find(({ name }) => name === 'phonemes')!.tokenCount;
    const first = largestDifference(parts.slice(0, 10 * width), whole.slice(0, 10 * width));
    const second = largestDifference(
      parts.slice(10 * width, 20 * width),
      whole.slice(10 * width, 20 * width),
    );
    assert.ok(first < 1e-4 && second > 1e-3, `${first} and ${second}`);
  });
}
