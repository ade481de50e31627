import type { Bundle } from './bundle.ts';
import type { Precision } from './bundle-schema.ts';
import type { ExecutionProvider, ProviderRejection } from './execution-provider.ts';
import type { ModelState } from './model-state.ts';

/** Where and how a model runs. */
export interface ModelPlacement {
  readonly provider: ExecutionProvider;
  readonly precision: Precision;
  /** Providers that were tried before. */
  readonly rejectedProviders: readonly ProviderRejection[];
  /** Native libraries that were loaded, as paths. */
  readonly runtimeLibraries: readonly string[];
  /**
   * False when the results of a stream depend on the streams and the number of steps it is computed with, as
   * in a graph that is quantised with one scale for a whole run. Such a model runs one stream and one step at
   * a time: `maxBatch` and `maxSteps` are 1.
   */
  readonly batchIndependent: boolean;
}

/**
 * Feature vectors in, log-probabilities out, for a batch of streams at a time. One step consumes
 * `framesPerStep` feature vectors and gives one row of every head.
 *
 * To run: write the features of each stream into `features`, one stream after the other, row-major
 * `[batch, steps · framesPerStep, dim]`, then call `step`. One run at a time.
 */
export interface AcousticModel {
  readonly bundle: Bundle;
  readonly placement: ModelPlacement;
  readonly maxBatch: number;
  readonly maxSteps: number;
  /** Input of the next run; long enough for `maxBatch` streams of `maxSteps` steps. */
  readonly features: Float32Array;
  /** The state at the start of a stream: zeros. */
  createState(): ModelState;
  /**
   * Computes `steps` steps of `states.length` streams and brings their states up to date.
   * @returns the log-probabilities of each head by its name, `[batch, steps, tokens]`, natural log; the arrays
   *   are those of the model and hold until the next run
   */
  step(states: readonly ModelState[], steps: number): Promise<ReadonlyMap<string, Float32Array>>;
  release(): Promise<void>;
}
