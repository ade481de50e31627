import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { configSchema } from '../../agent/config.ts';
import { type EngineConfig, Recognizer } from '../../agent/engine/recognizer.ts';
import { startEngineWorker } from '../../agent/engine/start-worker.ts';
import { collectEvents } from '../support/recognize.ts';
import { babble } from '../support/test-audio.ts';
import { copyBundle, type LooseDescription, TINY_MODEL } from '../support/tiny-bundle.ts';

function configWith(engine: object = {}, model: object = {}): EngineConfig {
  return configSchema.parse({ engine: { workers: 1, ...engine }, model });
}

/** An engine whose threads the test can reach. `started` gives every thread, as soon as it is there. */
async function breakableEngine(t: TestContext, workers: number, bundle = TINY_MODEL) {
  const threads: Worker[] = [];
  const started = new EventEmitter<{ thread: [Worker] }>();
  const engine = await Recognizer.load(bundle, configWith({ workers }), {
    createWorker: (setup) => {
      const thread = startEngineWorker(setup);
      threads.push(thread);
      started.emit('thread', thread);
      return thread;
    },
  });
  const alive = setInterval(() => {}, 60_000); // the engine's own timers do not keep a process alive
  t.after(() => {
    clearInterval(alive);
    return engine.close();
  });
  return { engine, threads, started };
}

/** A message that no worker understands: an exception that nothing catches. */
function crash(thread: Worker): void {
  thread.postMessage(null);
}

test('when a worker dies its streams fail, those of the others go on, and it is started again', async (t) => {
  const { engine, threads, started } = await breakableEngine(t, 2);
  const restarted = once(started, 'thread');
  const [doomed, other] = [engine.createStream(), engine.createStream()];
  const failed = assert.rejects(collectEvents(doomed), { code: 'ENGINE_FAILED' });
  const survived = collectEvents(other);
  for (const stream of [doomed, other]) stream.acceptPcm(babble(2));
  crash(threads[0]!);
  await failed;
  await doomed.drained();
  assert.equal(doomed.acceptPcm(babble(1)), true, 'audio for a stream that failed is ignored');
  other.finish();
  assert.ok((await survived).length > 0);
  await restarted;
  assert.equal(engine.stats().workerRestarts, 1);
  const [again] = [engine.createStream(), engine.createStream()];
  again.acceptPcm(babble(2));
  again.finish();
  assert.ok((await collectEvents(again)).length > 0, 'the new worker computes');
});

test('while a worker loads its model again, new streams go to one that has it', async (t) => {
  const { engine, threads, started } = await breakableEngine(t, 2);
  const [doomed, other] = [engine.createStream(), engine.createStream()];
  const failed = assert.rejects(collectEvents(doomed), { code: 'ENGINE_FAILED' });
  const restarted = once(started, 'thread') as Promise<[Worker]>;
  crash(threads[0]!);
  await failed;
  const [thread] = await restarted;
  const stream = engine.createStream();
  stream.acceptPcm(babble(1));
  stream.finish();
  const gone = assert.doesNotReject(collectEvents(stream));
  crash(thread); // what it was given would fail with it
  await gone;
  other.close();
});

test('an exception in a worker fails its streams with the reason', async (t) => {
  const { engine, threads } = await breakableEngine(t, 1);
  const stream = engine.createStream();
  const failed = assert.rejects(collectEvents(stream), { code: 'ENGINE_FAILED', message: /stopped: \S/ });
  crash(threads[0]!);
  await failed;
});

test('while no worker can be started none is counted, and no stream can be opened', async (t) => {
  const folder = copyBundle(t);
  const { engine, threads, started } = await breakableEngine(t, 1, folder);
  assert.equal(engine.stats().workers, 1);
  rmSync(join(folder, 'model.fp32.onnx'));
  const refused = new Promise<void>((resolve) => {
    started.once('thread', (second) => second.once('exit', resolve));
  });
  crash(threads[0]!);
  await refused;
  assert.equal(engine.stats().workers, 0);
  assert.throws(() => engine.createStream(), { code: 'ENGINE_FAILED' });
});

test('close during work ends every stream and may be called twice', async (t) => {
  const { engine, threads } = await breakableEngine(t, 2);
  const streams = Array.from({ length: 6 }, () => engine.createStream());
  const collected = streams.map(collectEvents);
  for (const stream of streams) stream.acceptPcm(babble(3));
  await new Promise(setImmediate);
  const exits = threads.map((thread) => once(thread, 'exit'));
  await Promise.all([engine.close(), engine.close()]);
  await Promise.all(exits);
  await Promise.all(collected);
  await engine.close();
  assert.throws(() => engine.createStream(), { code: 'ENGINE_CLOSED' });
  assert.equal(engine.stats().workerRestarts, 0);
  assert.equal(engine.stats().streams, 0);
});

test('no more streams than configured can be open at once', async (t) => {
  const engine = await Recognizer.load(TINY_MODEL, configWith({ maxStreams: 2 }));
  t.after(() => engine.close());
  const first = engine.createStream();
  engine.createStream();
  assert.throws(() => engine.createStream(), { code: 'STREAM_LIMIT', message: /2 streams/ });
  first.close();
  engine.createStream();
});

const refused: [string, string, (folder: string) => void, (description: LooseDescription) => void][] = [
  ['without model.json', 'MODEL_MISSING', (folder) => rmSync(join(folder, 'model.json')), () => {}],
  ['without its model file', 'MODEL_MISSING', (folder) => rmSync(join(folder, 'model.fp32.onnx')), () => {}],
  [
    'with a damaged model file',
    'MODEL_HASH',
    (folder) => truncateSync(join(folder, 'model.fp32.onnx'), 9000),
    () => {},
  ],
  [
    'with a tokens file of another size',
    'MODEL_SHAPE',
    (folder) => truncateSync(join(folder, 'tokens.phonemes.txt'), 20),
    () => {},
  ],
  ['with an unknown field', 'MODEL_INVALID', () => {}, (d) => Object.assign(d, { colour: 'red' })],
  ['with another front end', 'MODEL_FRONTEND', () => {}, (d) => Object.assign(d.frontend, { type: 'fbank' })],
  ['with another state', 'MODEL_SHAPE', () => {}, (d) => Object.assign(d.states[1], { shape: [1, -1, 8] })],
];

for (const [what, code, damage, edit] of refused) {
  test(`a bundle ${what} is refused with ${code}`, async (t) => {
    const folder = copyBundle(t, edit);
    damage(folder);
    await assert.rejects(Recognizer.load(folder, configWith({ workers: 2 })), { code });
  });
}

test('a folder that does not exist is refused with what to do', async () => {
  await assert.rejects(Recognizer.load('/nowhere/model', configWith()), {
    code: 'MODEL_MISSING',
    message: /\/nowhere\/model.*model\.path/,
  });
});

test('strict refuses to run on another provider than the first', async () => {
  const providers = [process.platform === 'win32' ? 'cuda' : 'dml', 'cpu'];
  await assert.rejects(Recognizer.load(TINY_MODEL, configWith({}, { providers, strict: true })), {
    code: 'PROVIDER_UNAVAILABLE',
  });
  const engine = await Recognizer.load(TINY_MODEL, configWith({}, { providers }));
  const { provider, rejectedProviders } = engine.stats();
  assert.deepEqual([provider, rejectedProviders.length], ['cpu', 1]);
  await engine.close();
});
