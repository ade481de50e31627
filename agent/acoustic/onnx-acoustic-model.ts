import { AgentError, toAgentError } from '../errors.ts';
import type { AcousticModel, ModelPlacement } from './acoustic-model.ts';
import { isBatchIndependent } from './batch-independence.ts';
import { type Bundle, verifyModelFile } from './bundle.ts';
import type { Precision } from './bundle-schema.ts';
import { choosePrecision, type ExecutionProvider, openFirstProvider } from './execution-provider.ts';
import { checkFirstRun, checkGraph } from './graph-check.ts';
import { ModelState, StateBatch, StateBuffers } from './model-state.ts';
import { OnnxSession, type OnnxTensors } from './onnx-session.ts';

export interface AcousticModelOptions {
  /** Tried in this order. */
  readonly providers: readonly ExecutionProvider[];
  /** Fail when the first provider does not load. */
  readonly strict: boolean;
  readonly precision: Precision | 'auto';
  /** Folder with other ONNX Runtime binaries; empty: those of the package. */
  readonly runtimeDir: string;
  /** Streams in one run. */
  readonly maxBatch: number;
  /** Steps of one stream in one run. */
  readonly maxSteps: number;
}

/** Everything of a run that depends on its batch size and number of steps, made once per pair. */
interface Plan {
  readonly feeds: OnnxTensors;
  readonly fetches: OnnxTensors;
  readonly states: StateBatch;
  /** By head name. */
  readonly logProbs: ReadonlyMap<string, Float32Array>;
}

/** A bundle's ONNX graph. All buffers are allocated once, for the largest run. */
export class OnnxAcousticModel implements AcousticModel {
  readonly bundle: Bundle;
  readonly placement: ModelPlacement;
  readonly maxBatch: number;
  readonly maxSteps: number;
  readonly features: Float32Array;
  readonly #session: OnnxSession;
  readonly #stateBuffers: StateBuffers;
  readonly #stateBatches: StateBatch[] = [];
  /** In the order of the bundle's heads. */
  readonly #logProbs: readonly Float32Array[];
  readonly #plans = new Map<number, Plan>();

  private constructor(parts: {
    bundle: Bundle;
    session: OnnxSession;
    placement: ModelPlacement;
    maxBatch: number;
    maxSteps: number;
  }) {
    const { bundle, session, placement, maxBatch, maxSteps } = parts;
    this.bundle = bundle;
    this.placement = placement;
    this.maxBatch = maxBatch;
    this.maxSteps = maxSteps;
    this.#session = session;
    const steps = maxBatch * maxSteps;
    this.features = new Float32Array(steps * bundle.description.framesPerStep * bundle.frontend.coefficients);
    this.#stateBuffers = new StateBuffers(bundle.description.states, maxBatch);
    this.#logProbs = bundle.heads.map(({ tokenCount }) => new Float32Array(steps * tokenCount));
  }

  /**
   * Loads the graph on the first provider that works, checks it against `model.json` and runs it once.
   * @throws AgentError PROVIDER_UNAVAILABLE, MODEL_MISSING, MODEL_HASH or MODEL_SHAPE
   */
  static async load(bundle: Bundle, options: AcousticModelOptions): Promise<OnnxAcousticModel> {
    const { providers, strict, precision, runtimeDir } = options;
    const { files } = bundle.description;
    const open = async (provider: ExecutionProvider) => {
      const chosen = choosePrecision(precision, provider, files);
      const modelPath = await verifyModelFile(bundle, chosen);
      const session = await OnnxSession.open({ modelPath, provider, runtimeDir });
      return { session, precision: chosen };
    };
    const { opened, provider, rejected } = await openFirstProvider(providers, strict, open);
    const placement: ModelPlacement = {
      provider,
      precision: opened.precision,
      rejectedProviders: rejected,
      runtimeLibraries: opened.session.runtimeLibraries,
      batchIndependent: true,
    };
    return OnnxAcousticModel.#checked(bundle, opened.session, placement, options);
  }

  static async #checked(
    bundle: Bundle,
    session: OnnxSession,
    placement: ModelPlacement,
    options: AcousticModelOptions,
  ): Promise<OnnxAcousticModel> {
    checkGraph(bundle, session);
    const { maxBatch, maxSteps } = options;
    const trial = new OnnxAcousticModel({ bundle, session, placement, maxBatch: 2, maxSteps: 2 });
    await trial.#warmUp();
    const batchIndependent = await isBatchIndependent(trial);
    return new OnnxAcousticModel({
      bundle,
      session,
      placement: { ...placement, batchIndependent },
      maxBatch: batchIndependent ? maxBatch : 1,
      maxSteps: batchIndependent ? maxSteps : 1,
    });
  }

  createState(): ModelState {
    return new ModelState(this.bundle.description.states);
  }

  async step(states: readonly ModelState[], steps: number): Promise<ReadonlyMap<string, Float32Array>> {
    const plan = this.#plan(states.length, steps);
    plan.states.gather(states);
    await this.#session.run(plan.feeds, plan.fetches);
    plan.states.scatter(states);
    return plan.logProbs;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  /** A first run of one stream and one step: ONNX Runtime allocates, and open dimensions become known. */
  async #warmUp(): Promise<void> {
    const { feeds } = this.#plan(1, 1);
    let dims: ReadonlyMap<string, readonly number[]>;
    try {
      dims = await this.#session.probe(feeds);
    } catch (error) {
      throw toAgentError(error, 'MODEL_SHAPE');
    }
    checkFirstRun(this.bundle, dims);
  }

  #plan(batch: number, steps: number): Plan {
    const key = batch * (this.maxSteps + 1) + steps;
    let plan = this.#plans.get(key);
    if (!plan) {
      plan = this.#makePlan(batch, steps);
      this.#plans.set(key, plan);
    }
    return plan;
  }

  #makePlan(batch: number, steps: number): Plan {
    if (batch < 1 || batch > this.maxBatch || steps < 1 || steps > this.maxSteps) {
      throw new AgentError(
        'INTERNAL',
        `A run of ${batch} streams and ${steps} steps is not within 1 to ${this.maxBatch} and 1 to ${this.maxSteps}.`,
      );
    }
    this.#stateBatches[batch] ??= new StateBatch(this.#stateBuffers, batch);
    const states = this.#stateBatches[batch];
    const { description, frontend, heads } = this.bundle;
    const featureDims = [batch, steps * description.framesPerStep, frontend.coefficients];
    const feeds = { [description.inputs.features]: this.#tensor(this.features, featureDims) };
    const fetches: OnnxTensors = {};
    const logProbs = new Map<string, Float32Array>();
    heads.forEach(({ name, output, tokenCount }, i) => {
      fetches[output] = this.#tensor(this.#logProbs[i]!, [batch, steps, tokenCount]);
      logProbs.set(name, fetches[output].data as Float32Array);
    });
    description.states.forEach(({ input, output, type }, i) => {
      feeds[input] = this.#session.tensor(type, states.inputs[i]!, states.dims[i]!);
      fetches[output] = this.#session.tensor(type, states.outputs[i]!, states.dims[i]!);
    });
    return { feeds, fetches, states, logProbs };
  }

  #tensor(buffer: Float32Array, dims: readonly number[]) {
    const length = dims.reduce((total, size) => total * size, 1);
    return this.#session.tensor('float32', buffer.subarray(0, length), dims);
  }
}
