import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-node';
import type { ExecutionProvider } from './execution-provider.ts';
import { explainCudaFailure, loadedRuntimeLibraries, useRuntimeBinaries } from './runtime-binaries.ts';
import { disableRuntimeTelemetry } from './runtime-telemetry.ts';

export type OnnxTensor = Ort.Tensor;
export type OnnxTensors = Record<string, OnnxTensor>;

/** An input or output of the graph. A dimension that is not fixed is its symbolic name (or an empty string). */
export interface GraphTensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxSessionOptions {
  readonly modelPath: string;
  readonly provider: ExecutionProvider;
  /** Folder with other ONNX Runtime binaries; empty: those of the package. */
  readonly runtimeDir: string;
}

const require = createRequire(import.meta.url);
let loaded: typeof Ort | undefined;

/**
 * Loads the native library on first use, never at import: only engine workers may carry it. `require` and not
 * `import`, so that the module cache that `useRuntimeBinaries` fills is the one that is asked.
 */
function onnxRuntime(runtimeDir: string): typeof Ort {
  if (!loaded) {
    disableRuntimeTelemetry();
    if (runtimeDir !== '') useRuntimeBinaries(require, runtimeDir);
    loaded = require('onnxruntime-node') as typeof Ort;
    loaded.env.logLevel = 'fatal'; // what goes wrong comes as an exception; it must not be printed as well
  }
  return loaded;
}

/**
 * One thread and no spinning: steps are far too short to be split, and spinning threads burn whole cores
 * between them. `extra` values must be strings. DirectML needs memory patterns off.
 */
function sessionOptions(provider: ExecutionProvider): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    executionMode: 'sequential',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    enableMemPattern: provider !== 'dml',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  };
}

/** A loaded ONNX graph on one execution provider: the only place that knows onnxruntime-node. */
export class OnnxSession {
  readonly provider: ExecutionProvider;
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
  /** Shared libraries that were loaded, as paths. */
  readonly runtimeLibraries: readonly string[];
  readonly #session: Ort.InferenceSession;

  private constructor(session: Ort.InferenceSession, provider: ExecutionProvider) {
    this.#session = session;
    this.provider = provider;
    this.inputs = session.inputMetadata.map(describe);
    this.outputs = session.outputMetadata.map(describe);
    this.runtimeLibraries = loadedRuntimeLibraries();
  }

  /** Throws a plain `Error` with the reason when the provider or the graph does not load. */
  static async open({ modelPath, provider, runtimeDir }: OnnxSessionOptions): Promise<OnnxSession> {
    const { InferenceSession } = onnxRuntime(runtimeDir);
    try {
      return new OnnxSession(await InferenceSession.create(modelPath, sessionOptions(provider)), provider);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(provider === 'cuda' ? explainCudaFailure(reason) : reason, { cause });
    }
  }

  /** A tensor over `data`, which is not copied. */
  tensor(type: Ort.Tensor.Type, data: Ort.Tensor.DataType, dims: readonly number[]): OnnxTensor {
    return new loaded!.Tensor(type, data, dims);
  }

  /** Runs the graph; outputs are written into the tensors of `fetches`, which name all that is wanted. */
  async run(feeds: OnnxTensors, fetches: OnnxTensors): Promise<void> {
    await this.#session.run(feeds, fetches);
  }

  /** Runs the graph and returns the dimensions of all its outputs. */
  async probe(feeds: OnnxTensors): Promise<ReadonlyMap<string, readonly number[]>> {
    const results = await this.#session.run(feeds);
    return new Map(Object.entries(results).map(([name, { dims }]) => [name, dims]));
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function describe(metadata: Ort.InferenceSession.ValueMetadata): GraphTensor {
  const { name } = metadata;
  return metadata.isTensor
    ? { name, type: metadata.type, shape: metadata.shape }
    : { name, type: 'not a tensor', shape: [] };
}
