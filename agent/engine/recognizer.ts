import type { Worker } from 'node:worker_threads';
import type { ModelPlacement } from '../acoustic/acoustic-model.ts';
import { type Bundle, loadBundle } from '../acoustic/bundle.ts';
import { lookAheadStepsOf } from '../acoustic/step-length.ts';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import { type Logger, SILENT_LOGGER } from '../logger.ts';
import { availableCores } from './available-cores.ts';
import { CompileQueue } from './compile-queue.ts';
import { EngineStream, type StreamLimits } from './engine-stream.ts';
import { EngineTotals } from './engine-totals.ts';
import { lexiconTreeOf } from './lexicon-tree-thread.ts';
import { readUserPronunciations } from './load-pronouncer.ts';
import type { EngineStats, RecognizerStream, SpeechEngine, StreamOptions } from './speech-engine.ts';
import { startCompileWorker, startEngineWorker } from './start-worker.ts';
import { streamSettings } from './stream-settings.ts';
import { WorkerHandle } from './worker-handle.ts';
import type { WorkerSetup } from './worker-protocol.ts';

/** The sections of the configuration that the engine reads. */
export type EngineConfig = Pick<
  Config,
  'model' | 'engine' | 'decoder' | 'commands' | 'hotwords' | 'wake' | 'endpoint' | 'transcript'
>;

export interface RecognizerTools {
  readonly log?: Logger;
  /** Starts the thread of a worker; tests hand in one that they can break. */
  readonly createWorker?: (setup: WorkerSetup) => Worker;
}

/**
 * The speech engine: a model loaded in one or more worker threads, and the streams pinned to them. The calling
 * thread only passes audio and events on.
 */
export class Recognizer implements SpeechEngine {
  readonly sampleRate: number;
  readonly #bundle: Bundle;
  readonly #config: EngineConfig;
  readonly #workers: readonly WorkerHandle[];
  readonly #compiler: CompileQueue;
  readonly #placement: ModelPlacement;
  readonly #totals: EngineTotals;
  readonly #limits: StreamLimits;
  readonly #brace: () => void;
  #nextNumber = 0;
  /** Called when the last stream of a retiring engine has ended. */
  #onLastEnded: (() => void) | null = null;
  #closed: Promise<void> | undefined;

  private constructor(parts: {
    bundle: Bundle;
    config: EngineConfig;
    workers: readonly WorkerHandle[];
    compiler: CompileQueue;
    placement: ModelPlacement;
    totals: EngineTotals;
    brace: () => void;
  }) {
    this.#bundle = parts.bundle;
    this.#config = parts.config;
    this.#workers = parts.workers;
    this.#compiler = parts.compiler;
    this.#placement = parts.placement;
    this.#totals = parts.totals;
    this.#brace = parts.brace;
    this.#limits = streamLimits(parts.bundle, parts.config);
    this.sampleRate = this.#limits.sampleRate;
  }

  /**
   * Checks the bundle and loads its model in every worker.
   * @param bundlePath folder of the bundle
   * @throws AgentError MODEL_MISSING, MODEL_INVALID, MODEL_HASH, MODEL_SHAPE, MODEL_FRONTEND or
   *   PROVIDER_UNAVAILABLE; nothing is left running then
   */
  static async load(
    bundlePath: string,
    config: EngineConfig,
    tools: RecognizerTools = {},
  ): Promise<Recognizer> {
    const { log = SILENT_LOGGER, createWorker = startEngineWorker } = tools;
    const bundle = await loadBundle(bundlePath);
    const pronunciations = await readUserPronunciations(config.decoder.pronunciations);
    const lexiconTree = await lexiconTreeOf(bundle);
    const setup = { ...workerSetup(bundle, config), lexiconTree, pronunciations };
    const { framesPerStep, frontend, sampleRate } = bundle.description;
    const totals = new EngineTotals((framesPerStep * frontend.hop) / sampleRate, config.engine.maxBatch);
    const count = config.engine.workers || Math.max(1, availableCores() - 1);
    const create = (gate: SharedArrayBuffer) => createWorker({ ...setup, gate });
    const workers = Array.from({ length: count }, () => new WorkerHandle({ create, totals, log }));
    const brace = braceAtExit(workers);
    const placement = await startAll(workers).catch((error: unknown) => {
      process.off('exit', brace);
      throw error;
    });
    logPlacement(log, bundle, placement);
    const compiler = new CompileQueue({ start: () => startCompileWorker(setup) });
    return new Recognizer({ bundle, config, workers, compiler, placement, totals, brace });
  }

  createStream(options: StreamOptions = {}): RecognizerStream {
    const worker = this.#chooseWorker();
    const number = this.#nextNumber++;
    const link = {
      send: worker.send.bind(worker),
      ended: () => this.#onEnded(worker, number),
      overrun: (seconds: number) => {
        this.#totals.overrunSeconds += seconds;
      },
      compile: this.#compiler.compile.bind(this.#compiler),
      settings: (wanted: StreamOptions) => streamSettings(this.#config, this.#bundle.description, wanted),
    };
    const stream = new EngineStream(link, this.#limits, { number, options });
    worker.add(number, stream);
    stream.open();
    return stream;
  }

  stats(): EngineStats {
    const streams = this.#streams();
    const { audioSeconds, busySeconds, overrunSeconds, workerRestarts, batchSizes } = this.#totals;
    const { provider, precision, rejectedProviders, runtimeLibraries } = this.#placement;
    return {
      streams: streams.length,
      workers: this.#workers.filter((worker) => worker.ready).length,
      model: this.#bundle.description.name,
      language: this.#bundle.description.language,
      provider,
      precision,
      rejectedProviders,
      runtimeLibraries,
      audioSeconds,
      busySeconds,
      batchSizes: [...batchSizes],
      grammarsWaiting: this.#compiler.open,
      queuedMs: streams.reduce((total, stream) => total + stream.queuedMs, 0),
      oldestQueuedMs: streams.reduce((oldest, stream) => Math.max(oldest, stream.oldestQueuedMs), 0),
      overrunSeconds,
      workerRestarts,
    };
  }

  async retire(): Promise<void> {
    if (this.#streams().length > 0) {
      await new Promise<void>((resolve) => {
        this.#onLastEnded = resolve;
      });
    }
    await this.close();
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    for (const stream of this.#streams()) stream.close();
    await Promise.all([this.#compiler.close(), ...this.#workers.map((worker) => worker.close())]);
    process.off('exit', this.#brace);
  }

  #onEnded(worker: WorkerHandle, number: number): void {
    const stream = worker.streams.get(number);
    if (stream !== undefined) this.#compiler.forget(stream);
    worker.remove(number);
    if (this.#streams().length === 0) this.#onLastEnded?.();
  }

  #streams(): EngineStream[] {
    return this.#workers.flatMap((worker) => [...worker.streams.values()]);
  }

  /** The one with the fewest streams, of those whose model is loaded if there are any. */
  #chooseWorker(): WorkerHandle {
    if (this.#closed !== undefined || this.#onLastEnded !== null)
      throw new AgentError('ENGINE_CLOSED', 'The engine is closed; no stream can be opened.');
    const { maxStreams } = this.#config.engine;
    if (this.#streams().length >= maxStreams) {
      throw new AgentError(
        'STREAM_LIMIT',
        `${maxStreams} streams are open, as many as engine.maxStreams allows; close one first.`,
      );
    }
    const running = this.#workers.filter((worker) => worker.available);
    const ready = running.filter((worker) => worker.ready);
    const [first, ...others] = ready.length > 0 ? ready : running;
    if (!first) {
      throw new AgentError('ENGINE_FAILED', 'No engine worker runs; they are being started again.');
    }
    return others.reduce((best, worker) => (worker.streams.size < best.streams.size ? worker : best), first);
  }
}

function streamLimits({ description }: Bundle, { engine }: EngineConfig): StreamLimits {
  const { sampleRate, framesPerStep, frontend } = description;
  const stepSamples = framesPerStep * frontend.hop;
  const firstRunSteps = engine.minStepsPerRun + lookAheadStepsOf(description);
  const firstRunSamples = frontend.bufferSize - frontend.hop + firstRunSteps * stepSamples;
  // what is gathered for a run counts as waiting, and a source that waits does not make it complete
  const leastMs = Math.ceil((firstRunSamples * 1000) / sampleRate);
  return {
    sampleRate,
    queueHighMs: engine.queueHighMs,
    queueLowMs: Math.max(leastMs, Math.min(engine.queueLowMs, engine.queueHighMs)),
    firstRunSamples,
    runSamples: engine.minStepsPerRun * stepSamples,
  };
}

function workerSetup(bundle: Bundle, { model, engine }: EngineConfig): Pick<WorkerSetup, 'bundle' | 'model'> {
  const { providers, strict, precision, runtimeDir } = model;
  const { maxBatch, maxStepsPerRun } = engine;
  return {
    bundle,
    model: { providers, strict, precision, runtimeDir, maxBatch, maxSteps: maxStepsPerRun },
  };
}

/** `process.exit()` stops worker threads wherever they are; one listener for all of them. */
function braceAtExit(workers: readonly WorkerHandle[]): () => void {
  const brace = () => {
    for (const worker of workers) worker.brace();
  };
  process.once('exit', brace);
  return brace;
}

/** Starts all or none. */
async function startAll(workers: readonly WorkerHandle[]): Promise<ModelPlacement> {
  try {
    const [placement] = await Promise.all(workers.map((worker) => worker.start()));
    return placement!;
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.close()));
    throw error;
  }
}

function logPlacement(log: Logger, { description, folder }: Bundle, placement: ModelPlacement): void {
  const { name, version } = description;
  const { provider, precision, rejectedProviders, runtimeLibraries, batchIndependent } = placement;
  for (const rejected of rejectedProviders) log.warn({ ...rejected }, 'an execution provider did not load');
  if (!batchIndependent) {
    log.warn({ folder }, 'the model gives other results in batches; it runs one stream and step at a time');
  }
  log.info({ model: name, version, folder, provider, precision, runtimeLibraries }, 'model loaded');
}
