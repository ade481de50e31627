/**
 * What the model costs per step by batch size, and what the whole engine costs per second of audio by number of
 * streams. Run: `node --import tsx test/bench/engine.bench.ts [bundle folder] [--json]`; without a folder it takes the
 * tiny bundle of the tests, which shows the overhead around a model.
 */
import { cpus } from 'node:os';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { OnnxAcousticModel } from '../../agent/acoustic/onnx-acoustic-model.ts';
import { configSchema } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { babble } from '../support/test-audio.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const BATCHES = [1, 2, 4, 8, 16];
const STEPS = [1, 4];
const WARM_UP = 20;
const ROUNDS = 200;
const AUDIO_SECONDS = 20;

const { values, positionals } = scriptArguments(import.meta.filename, {
  options: { model: { type: 'string' }, json: { type: 'boolean' } },
  allowPositionals: true,
});
const folder = values.model ?? positionals[0] ?? TINY_MODEL;

interface ModelCost {
  readonly batch: number;
  readonly steps: number;
  readonly microsecondsPerRun: number;
  readonly p99MicrosecondsPerRun: number;
  readonly microsecondsPerStepAndStream: number;
}

async function measureModel(): Promise<ModelCost[]> {
  const model = await OnnxAcousticModel.load(await loadBundle(folder), {
    providers: ['cpu'],
    strict: false,
    precision: 'auto',
    runtimeDir: '',
    maxBatch: Math.max(...BATCHES),
    maxSteps: Math.max(...STEPS),
  });
  model.features.fill(1);
  const costs: ModelCost[] = [];
  for (const steps of STEPS.filter((count) => count <= model.maxSteps)) {
    for (const batch of BATCHES.filter((count) => count <= model.maxBatch)) {
      const states = Array.from({ length: batch }, () => model.createState());
      const times: number[] = [];
      for (let round = 0; round < WARM_UP + ROUNDS; round++) {
        const start = performance.now();
        await model.step(states, steps);
        if (round >= WARM_UP) times.push(1000 * (performance.now() - start));
      }
      times.sort((a, b) => a - b);
      const microsecondsPerRun = times[ROUNDS / 2]!;
      costs.push({
        batch,
        steps,
        microsecondsPerRun,
        p99MicrosecondsPerRun: times[Math.floor(0.99 * ROUNDS)]!,
        microsecondsPerStepAndStream: microsecondsPerRun / batch / steps,
      });
    }
  }
  await model.release();
  return costs;
}

interface EngineCost {
  readonly streams: number;
  /** Processing time of the worker per second of audio: features, model and search. */
  readonly realTimeFactor: number;
  readonly meanBatch: number;
}

async function measureEngine(streams: number): Promise<EngineCost> {
  const config = configSchema.parse({ engine: { workers: 1 } });
  const engine = await Recognizer.load(folder, config);
  const samples = babble(AUDIO_SECONDS);
  await Promise.all(
    Array.from({ length: streams }, async () => {
      const stream = engine.createStream();
      const feeding = (async () => {
        for (let start = 0; start < samples.length; start += 1600) {
          if (!stream.acceptPcm(samples.subarray(start, start + 1600))) await stream.drained();
        }
        stream.finish();
      })();
      for await (const _event of stream);
      await feeding;
    }),
  );
  const { busySeconds, audioSeconds, batchSizes } = engine.stats();
  await engine.close();
  const runs = batchSizes.reduce((total, count) => total + count, 0);
  const served = batchSizes.reduce((total, count, size) => total + count * size, 0);
  return { streams, realTimeFactor: busySeconds / audioSeconds, meanBatch: served / runs };
}

const model = await measureModel();
const engine: EngineCost[] = [];
for (const streams of BATCHES) engine.push(await measureEngine(streams));

const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown' };
if (values.json) {
  process.stdout.write(`${JSON.stringify({ machine, folder, model, engine }, null, 2)}\n`);
} else {
  process.stdout.write(`${machine.cpu}, Node ${machine.node}; ${folder}\n`);
  process.stdout.write('model: steps batch   µs/run  p99 µs/run  µs/step/stream\n');
  for (const cost of model) {
    const columns = [
      String(cost.steps).padStart(12),
      String(cost.batch).padStart(5),
      cost.microsecondsPerRun.toFixed(0).padStart(8),
      cost.p99MicrosecondsPerRun.toFixed(0).padStart(11),
      cost.microsecondsPerStepAndStream.toFixed(1).padStart(15),
    ];
    process.stdout.write(`${columns.join(' ')}\n`);
  }
  process.stdout.write('engine: streams  real-time factor per stream  mean batch\n');
  for (const { streams, realTimeFactor, meanBatch } of engine) {
    const columns = [
      String(streams).padStart(15),
      realTimeFactor.toFixed(4).padStart(28),
      meanBatch.toFixed(1).padStart(11),
    ];
    process.stdout.write(`${columns.join(' ')}\n`);
  }
}
