import { isAbsolute } from 'node:path';
import { type Bundle, loadBundle } from './acoustic/bundle.ts';
import type { Config } from './config.ts';
import type { EngineStats, SpeechEngine, StreamOptions } from './engine/speech-engine.ts';
import { SwappableEngine } from './engine/swappable-engine.ts';
import { AgentError, toAgentError } from './errors.ts';
import type { Logger } from './logger.ts';
import { modelBeside } from './model-folder.ts';
import { resolvePackagePath } from './package-info.ts';
import type { Asker } from './server/asker.ts';
import type { ModelInfo } from './server/protocols/protocol.ts';
import type { EngineAccess } from './server/session.ts';

export interface ModelSlotOptions {
  readonly config: Config;
  readonly log: Logger;
  /** What the microphone's stream listens for; a model that can not is refused. */
  readonly listenFor: StreamOptions;
  loadEngine(folder: string, config: Config, log: Logger): Promise<SpeechEngine>;
}

/** The model that new streams get, which can be exchanged while others are open. */
export class ModelSlot implements EngineAccess {
  readonly sampleRate: number;
  readonly #options: ModelSlotOptions;
  readonly #folder: string;
  #model: ModelInfo;
  #engine: Promise<SwappableEngine> | null = null;
  #loaded: SwappableEngine | null = null;
  /** A model is being loaded to take the place of the present one. */
  #isLoading = false;
  #isClosed = false;

  private constructor(bundle: Bundle, options: ModelSlotOptions) {
    this.sampleRate = bundle.description.sampleRate;
    this.#model = modelInfo(bundle);
    this.#folder = bundle.folder;
    this.#options = options;
  }

  /**
   * Reads what the configured model says of itself.
   * @throws {AgentError} `MODEL_MISSING`, `MODEL_INVALID` or `MODEL_FRONTEND`
   */
  static async open(options: ModelSlotOptions): Promise<ModelSlot> {
    return new ModelSlot(await loadBundle(resolvePackagePath(options.config.model.path)), options);
  }

  get model(): ModelInfo {
    return this.#model;
  }

  /** The engine for all the time of the daemon. The model begins to load when this is asked for first. */
  get engine(): Promise<SwappableEngine> {
    this.#engine ??= this.#start();
    return this.#engine;
  }

  /** Null while the first model loads. */
  stats(): EngineStats | null {
    return this.#loaded?.stats() ?? null;
  }

  /**
   * Loads another model and gives it to all streams that begin from then on. Streams that are open finish on theirs;
   * after the last of them that model is freed. What fails changes nothing.
   * @param name of a folder beside the configured model, or an absolute path
   * @param asker who wants it, for the log
   * @throws {AgentError} `MODEL_BUSY`, `MESSAGE_INVALID`, or what is wrong with the bundle
   */
  async use(name: string, asker?: Asker): Promise<ModelInfo> {
    const engine = await this.engine;
    if (this.#isLoading || engine.isSwapping) throw busy(this.#isLoading);
    this.#isLoading = true;
    try {
      const bundle = await loadBundle(this.#folderOf(name));
      this.#checkRate(bundle);
      await this.#swap(engine, await this.#load(bundle.folder), modelInfo(bundle), asker);
    } finally {
      this.#isLoading = false;
    }
    return this.#model;
  }

  /** Closes the engine with all its streams. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const engine = await this.#engine?.catch(() => null);
    await engine?.close();
  }

  async #start(): Promise<SwappableEngine> {
    this.#loaded = new SwappableEngine(await this.#load(this.#folder));
    return this.#loaded;
  }

  /** The engine, when it has taken what streams will ask of it: a grammar or a hotword may have a word that it can not say. */
  async #load(folder: string): Promise<SpeechEngine> {
    const { loadEngine, config, log, listenFor } = this.#options;
    const engine = await loadEngine(folder, config, log);
    if (listenFor.task === undefined && config.hotwords.list.length === 0) return engine;
    const trial = engine.createStream();
    try {
      await trial.configure(listenFor);
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    } finally {
      trial.close();
    }
  }

  async #swap(engine: SwappableEngine, next: SpeechEngine, model: ModelInfo, asker?: Asker): Promise<void> {
    if (this.#isClosed) {
      await next.close();
      throw new AgentError('SHUTTING_DOWN', 'The daemon is shutting down.');
    }
    const { log } = this.#options;
    const before = this.#model;
    this.#model = model;
    log.info({ before, model, ...asker }, 'model exchanged');
    engine.swap(next).then(
      () => log.info({ model: before }, 'model freed'),
      (error: unknown) => log.error({ err: toAgentError(error) }, 'model not freed'),
    );
  }

  #folderOf(name: string): string {
    if (isAbsolute(name)) return name;
    const beside = modelBeside(this.#folder, name);
    if (beside !== null) return beside;
    const expected = 'Expected the name of a folder beside the configured model, or an absolute path';
    throw new AgentError('MESSAGE_INVALID', `${expected}; got "${name}".`);
  }

  /** Microphone and sessions under way convert to the rate with which the daemon began. */
  #checkRate({ description: { name, sampleRate } }: Bundle): void {
    if (sampleRate === this.sampleRate) return;
    const what = `${name} takes ${sampleRate} Hz, the daemon runs at ${this.sampleRate} Hz (sampleRate)`;
    throw new AgentError('MODEL_INVALID', `${what}; set model.path to it and start the daemon again.`);
  }
}

function modelInfo({ description: { name, version, language } }: Bundle): ModelInfo {
  return { name, version, language };
}

function busy(isLoading: boolean): AgentError {
  const what = isLoading
    ? 'Another model is being loaded.'
    : 'Streams of the model before are still open: two models are in memory at most.';
  return new AgentError('MODEL_BUSY', `${what} Try again when that is over.`);
}
