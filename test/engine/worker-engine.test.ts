import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AcousticModel } from '../../agent/acoustic/acoustic-model.ts';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { ModelState } from '../../agent/acoustic/model-state.ts';
import { defaultConfig } from '../../agent/config.ts';
import { settingsTextsOf } from '../../agent/decoder/settings-texts.ts';
import { loadDecoderResources, loadSettingsCompiler } from '../../agent/engine/load-decoder-resources.ts';
import { packTexts } from '../../agent/engine/packed-texts.ts';
import { RunGate } from '../../agent/engine/run-gate.ts';
import { type StreamSettings, streamSettings } from '../../agent/engine/stream-settings.ts';
import { withoutCompiling } from '../../agent/engine/without-compiling.ts';
import { WorkerEngine } from '../../agent/engine/worker-engine.ts';
import type { RunReport, WorkerReply } from '../../agent/engine/worker-protocol.ts';
import { babble } from '../support/test-audio.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const bundle = await loadBundle(TINY_MODEL);
const SETTINGS = streamSettings(defaultConfig(), bundle.description, {});
/** 40 ms of audio. */
const STEP_SAMPLES = 640;

/** A model that hears nothing but blanks, and waits in each run until the test lets it go. */
function blockingModel(maxBatch = 4, maxSteps = 8) {
  const row = new Float32Array(29).fill(-20);
  row[0] = 0;
  const run = { end: () => {} };
  const runs: { batch: number; steps: number }[] = [];
  const model: AcousticModel = {
    bundle,
    placement: {
      provider: 'cpu',
      precision: 'fp32',
      rejectedProviders: [],
      runtimeLibraries: [],
      batchIndependent: true,
    },
    maxBatch,
    maxSteps,
    features: new Float32Array(maxBatch * maxSteps * 160),
    createState: () => new ModelState(bundle.description.states),
    async step(states, steps) {
      runs.push({ batch: states.length, steps });
      await new Promise<void>((resolve) => {
        run.end = resolve;
      });
      const rows = Array.from({ length: states.length * steps }, () => [...row]);
      return new Map([['characters', Float32Array.from(rows.flat())]]);
    },
    release: async () => {},
  };
  return { model, runs, run };
}

function harness(maxBatch?: number, maxSteps?: number) {
  const replies: WorkerReply[] = [];
  const { model, runs, run } = blockingModel(maxBatch, maxSteps);
  const gate = new RunGate();
  const resources = withoutCompiling(loadDecoderResources(model.bundle, null));
  const engine = new WorkerEngine(model, resources, {
    gate,
    post: (reply) => replies.push(reply),
  });
  const open = (stream: number) => engine.handle({ type: 'open', stream, settings: SETTINGS });
  const give = (stream: number, steps: number) => {
    const samples = babble((steps * STEP_SAMPLES + 352) / 16000, stream);
    engine.handle({ type: 'pcm', stream, samples });
  };
  const turn = () => new Promise(setImmediate);
  /** Lets the run that is under way end and the next begin. */
  const finishRun = async () => {
    run.end();
    await turn();
    await turn();
  };
  return { engine, gate, runs, replies, open, give, turn, finishRun };
}

test('streams whose audio is there when a run begins are computed in one batch', async () => {
  const { runs, open, give, turn } = harness();
  for (const stream of [1, 2, 3]) open(stream);
  for (const stream of [1, 2, 3]) give(stream, 2);
  await turn();
  assert.deepEqual(runs, [{ batch: 3, steps: 2 }]);
});

test('audio that comes during a run is computed together in the next', async () => {
  const { runs, open, give, turn, finishRun } = harness();
  for (const stream of [1, 2, 3]) open(stream);
  give(1, 1);
  await turn();
  give(2, 1);
  give(3, 1);
  give(1, 1);
  await finishRun();
  assert.deepEqual(runs, [
    { batch: 1, steps: 1 },
    { batch: 3, steps: 1 },
  ]);
});

test('a stream that is far behind is computed in runs of the largest size, and others get in between', async () => {
  const { runs, replies, open, give, turn, finishRun } = harness(4, 8);
  open(1);
  open(2);
  give(1, 40);
  await turn();
  give(2, 1);
  for (let i = 0; i < 9; i++) await finishRun();
  assert.deepEqual(runs[0], { batch: 1, steps: 8 });
  const served = (replies as RunReport[]).map(({ streams }) => streams.map(({ stream }) => stream));
  assert.ok(served.slice(0, 3).flat().includes(2), 'the other stream was served early');
  const last = (replies as RunReport[])
    .flatMap(({ streams }) => streams)
    .findLast(({ stream }) => stream === 1);
  assert.equal(last?.consumedSamples, 40 * STEP_SAMPLES);
});

test('a stream that is closed during a run gives nothing more, and the others do', async () => {
  const { engine, replies, open, give, turn, finishRun } = harness();
  open(1);
  open(2);
  give(1, 1);
  give(2, 1);
  await turn();
  engine.handle({ type: 'close', stream: 1 });
  await finishRun();
  const [report] = replies as RunReport[];
  assert.deepEqual(
    report?.streams.map(({ stream }) => stream),
    [2],
  );
  assert.equal(report?.batch, 2);
});

test('messages for a stream that is not open are ignored', async () => {
  const { engine, replies, give, turn } = harness();
  give(9, 2);
  engine.handle({ type: 'flush', stream: 9 });
  engine.handle({ type: 'close', stream: 9 });
  await turn();
  assert.deepEqual(replies, []);
});

test('a finished stream is reported as such once', async () => {
  const { engine, replies, open, give, turn, finishRun } = harness();
  open(1);
  give(1, 1);
  engine.handle({ type: 'finish', stream: 1 });
  await turn();
  for (let i = 0; i < 10; i++) await finishRun();
  const progress = (replies as RunReport[]).flatMap(({ streams }) => streams);
  assert.deepEqual(
    progress.filter(({ finished }) => finished).map(({ stream }) => stream),
    [1],
  );
  assert.equal(progress.at(-1)?.finished, true);
});

test('a defect in one stream fails that stream alone', async () => {
  const { engine, replies, open, give, turn, finishRun } = harness();
  engine.handle({ type: 'open', stream: 1, settings: {} as StreamSettings });
  open(2);
  open(3);
  engine.handle({ type: 'finish', stream: 3 });
  give(3, 1); // audio after the finish: the pipeline refuses it
  give(2, 1);
  await turn();
  await finishRun();
  const failed = replies.flatMap((reply) => (reply.type === 'stream-failed' ? reply.stream : []));
  assert.deepEqual(failed, [1, 3]);
  const computed = replies.flatMap((reply) => (reply.type === 'run' ? reply.streams : []));
  assert.deepEqual(
    computed.map(({ stream }) => stream),
    [2],
  );
});

test('close waits for the run that is under way', async () => {
  const { engine, open, give, turn, finishRun } = harness();
  open(1);
  give(1, 1);
  await turn();
  let closed = false;
  const closing = engine.close().then(() => {
    closed = true;
  });
  await turn();
  assert.equal(closed, false);
  await finishRun();
  await closing;
});

test('no run begins once the gate is closed', async () => {
  const { gate, runs, open, give, turn } = harness();
  open(1);
  give(1, 1);
  gate.close(0);
  await turn();
  assert.deepEqual(runs, []);
});

test('wake phrases come compiled, and are known by their number after that; without them it is a defect', async () => {
  const { engine, replies, give, turn } = harness();
  const task = { type: 'wake', phrases: [{ text: 'hello there' }] } as const;
  const settings = { ...SETTINGS, decoder: { ...SETTINGS.decoder, task } };
  const texts = settingsTextsOf(settings.decoder)!;
  const packed = packTexts(loadSettingsCompiler(bundle, null).compile(texts));
  engine.handle({ type: 'open', stream: 1, settings, texts: { number: 7, packed } });
  engine.handle({ type: 'configure', stream: 1, request: 2, settings, texts: { number: 7 } });
  give(1, 1);
  await turn();
  assert.deepEqual(replies, [{ type: 'configured', stream: 1, request: 2 }]);
  engine.handle({ type: 'open', stream: 2, settings });
  assert.deepEqual(replies.slice(1), [
    {
      type: 'stream-failed',
      stream: 2,
      error: {
        code: 'INTERNAL',
        message: 'Texts of settings came to the thread of streams; expected them compiled.',
      },
    },
  ]);
});
