import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { AcousticModel } from '../../agent/acoustic/acoustic-model.ts';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { type AcousticModelOptions, OnnxAcousticModel } from '../../agent/acoustic/onnx-acoustic-model.ts';
import { lookAheadStepsOf } from '../../agent/acoustic/step-length.ts';
import { CtcGreedy } from '../../agent/decoder/ctc-greedy.ts';
import { tokenTable } from '../../agent/engine/load-decoder-resources.ts';
import { leastGrowthMib } from '../support/memory-growth.ts';
import { seededRandom } from '../support/test-audio.ts';
import {
  copyBundle,
  TINY_BATCH_DEPENDENT,
  TINY_HYBRID,
  TINY_KERAS,
  TINY_LOOK_AHEAD,
  TINY_LSTM,
  TINY_MODEL,
} from '../support/tiny-bundle.ts';

const STEP = 4 * 40;
const OPTIONS: AcousticModelOptions = {
  providers: ['cpu'],
  strict: false,
  precision: 'auto',
  runtimeDir: '',
  maxBatch: 16,
  maxSteps: 8,
};

interface Golden {
  readonly steps: number;
  readonly features: number[];
  readonly logProbs: Record<string, number[]>;
  /** What Keras read from them, of a model that was trained. */
  readonly text?: string;
}

function readGolden(folder: string): Golden {
  return JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8'));
}

async function load(
  t: TestContext,
  folder: string,
  options: Partial<AcousticModelOptions> = {},
): Promise<AcousticModel> {
  const model = await OnnxAcousticModel.load(await loadBundle(folder), { ...OPTIONS, ...options });
  t.after(() => model.release());
  return model;
}

/** Features of one stream with the sizes of speech, `[steps · 4, 40]`. */
function randomFeatures(steps: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: steps * STEP }, (_, i) =>
    i % 40 === 0 ? 800 * random() : 100 * random() - 50,
  );
}

/** Log-probabilities of one stream and head, run alone in pieces of the given numbers of steps. */
async function runAlone(
  model: AcousticModel,
  features: Float32Array,
  pieces: readonly number[],
  head = 'characters',
): Promise<number[]> {
  const tokens = model.bundle.heads.find(({ name }) => name === head)!.tokenCount;
  const state = model.createState();
  const rows: number[] = [];
  let step = 0;
  for (const steps of pieces) {
    model.features.set(features.subarray(step * STEP, (step + steps) * STEP));
    const logProbs = await model.step([state], steps);
    rows.push(...logProbs.get(head)!.subarray(0, steps * tokens));
    step += steps;
  }
  return rows;
}

function assertClose(got: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(got.length, expected.length);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i]!)), 0);
  assert.ok(worst <= tolerance, `differs by ${worst}, more than ${tolerance}`);
}

for (const [name, folder] of [
  ['GRU', TINY_MODEL],
  ['LSTM', TINY_LSTM],
  ['GRU with attention over a window', TINY_HYBRID],
  ['GRU that looks ahead', TINY_LOOK_AHEAD],
  ['model imported from Keras', TINY_KERAS],
] as const) {
  test(`log-probabilities of a ${name} are those of an independent implementation`, async (t) => {
    const golden = readGolden(folder);
    const ahead = lookAheadStepsOf((await loadBundle(folder)).description);
    const steps = golden.steps + ahead;
    const model = await load(t, folder, { maxSteps: steps });
    const features = new Float32Array(steps * STEP); // silence behind what was computed at once
    features.set(golden.features);
    const singly = new Array<number>(steps).fill(1);
    for (const pieces of [[steps], singly, [2, 3, steps - 5]]) {
      for (const [head, expected] of Object.entries(golden.logProbs)) {
        const rows = await runAlone(model, features, pieces, head);
        assertClose(rows.slice(rows.length - expected.length), expected, 1e-4);
      }
    }
  });

  test(`sixteen batched streams of a ${name} get what each gets alone`, async (t) => {
    const model = await load(t, folder);
    const streams = Array.from({ length: 16 }, (_, seed) => randomFeatures(6, seed));
    const states = streams.map(() => model.createState());
    const batched: number[][] = streams.map(() => []);
    let step = 0;
    for (const steps of [1, 3, 2]) {
      streams.forEach((features, b) => {
        model.features.set(features.subarray(step * STEP, (step + steps) * STEP), b * steps * STEP);
      });
      const rows = (await model.step(states, steps)).get('characters')!;
      const size = steps * model.bundle.heads[0]!.tokenCount;
      for (const [b, out] of batched.entries()) out.push(...rows.subarray(b * size, (b + 1) * size));
      step += steps;
    }
    for (const [b, features] of streams.entries()) {
      assertClose(batched[b]!, await runAlone(model, features, [1, 1, 1, 1, 1, 1]), 1e-4);
    }
  });
}

test('a model that Keras trained spells in the agent what it spelled in Keras', async (t) => {
  const golden = readGolden(TINY_KERAS);
  const model = await load(t, TINY_KERAS);
  const rows = await runAlone(model, Float32Array.from(golden.features), new Array(golden.steps).fill(1));
  const decoder = new CtcGreedy(tokenTable(model.bundle.heads[0]!));
  decoder.accept(Float32Array.from(rows), golden.steps);
  const words = decoder.best().words.map(({ text }) => `▁${text}`);
  assert.equal(words.join(''), golden.text);
});

test('streams may join and leave a batch, and one that is reset starts afresh', async (t) => {
  const model = await load(t, TINY_MODEL);
  const features = randomFeatures(1, 5);
  const states = [model.createState(), model.createState(), model.createState()];
  const fresh = await runAlone(model, features, [1]);
  model.features.set(features);
  model.features.set(features, STEP);
  await model.step([states[0]!, states[2]!], 1);
  states[2]!.reset();
  model.features.set(features);
  model.features.set(features, STEP);
  model.features.set(features, 2 * STEP);
  const rows = (await model.step(states, 1)).get('characters')!;
  assertClose([...rows.subarray(29, 58)], fresh, 1e-4);
  assertClose([...rows.subarray(58, 87)], fresh, 1e-4);
  assert.notDeepEqual([...rows.subarray(0, 29)], fresh, 'the first stream has heard this before');
});

test('a graph whose results depend on the batch runs one stream and one step at a time', async (t) => {
  const model = await load(t, TINY_BATCH_DEPENDENT);
  assert.equal(model.placement.batchIndependent, false);
  assert.deepEqual([model.maxBatch, model.maxSteps], [1, 1]);
});

test('a graph whose results do not depend on the batch runs as large as configured', async (t) => {
  const model = await load(t, TINY_MODEL);
  assert.equal(model.placement.batchIndependent, true);
  assert.deepEqual([model.maxBatch, model.maxSteps], [16, 8]);
});

test('a run that is larger than configured is a defect of the caller', async (t) => {
  const model = await load(t, TINY_MODEL, { maxBatch: 2, maxSteps: 2 });
  const states = Array.from({ length: 3 }, () => model.createState());
  await assert.rejects(model.step(states, 1), { code: 'INTERNAL', message: /3 streams/ });
  await assert.rejects(model.step(states.slice(0, 1), 3), { code: 'INTERNAL', message: /3 steps/ });
});

test('a provider that does not load falls back to the next and says why', async (t) => {
  const missing = process.platform === 'win32' ? 'cuda' : 'dml';
  const model = await load(t, TINY_MODEL, { providers: [missing, 'cpu'] });
  assert.equal(model.placement.provider, 'cpu');
  assert.equal(model.placement.precision, 'fp32');
  assert.deepEqual(
    model.placement.rejectedProviders.map(({ provider }) => provider),
    [missing],
  );
  assert.match(model.placement.rejectedProviders[0]!.reason, /\S/);
});

test('strict does not fall back', async (t) => {
  const missing = process.platform === 'win32' ? 'cuda' : 'dml';
  await assert.rejects(load(t, TINY_MODEL, { providers: [missing, 'cpu'], strict: true }), {
    code: 'PROVIDER_UNAVAILABLE',
  });
});

test('model.json that does not fit the graph is refused', async (t) => {
  const folder = copyBundle(t, (d) => Object.assign(d.states[1], { shape: [2, -1, 16] }));
  await assert.rejects(load(t, folder), { code: 'MODEL_SHAPE', message: /"hidden"/ });
});

test('memory stays flat over many runs of changing size', async (t) => {
  const model = await load(t, TINY_MODEL);
  const states = Array.from({ length: 16 }, () => model.createState());
  const random = seededRandom(1);
  const grownMib = await leastGrowthMib(async () => {
    for (let i = 0; i < 1000; i++) {
      const batch = 1 + Math.floor(16 * random());
      await model.step(states.slice(0, batch), 1 + Math.floor(8 * random()));
    }
  });
  // Results that stayed would be 20 MiB a round.
  assert.ok(grownMib < 8, `grew by ${grownMib.toFixed(1)} MiB in each round`);
});
