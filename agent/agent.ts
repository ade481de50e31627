import { Assistant } from './assistant/assistant.ts';
import type { MicrophoneStatus } from './capture/microphone-status.ts';
import { atMost, type Clock, SYSTEM_CLOCK } from './clock.ts';
import type { Config } from './config.ts';
import { applySettings, compareConfigs, type ReloadResult } from './config-reload.ts';
import type { SpeechEngine, StreamOptions } from './engine/speech-engine.ts';
import { AgentError } from './errors.ts';
import type { Logger } from './logger.ts';
import { Metrics } from './metrics.ts';
import { microphoneTask } from './microphone-task.ts';
import { ModelSlot } from './model-slot.ts';
import { PACKAGE_VERSION } from './package-info.ts';
import { AccessControl } from './server/access-control.ts';
import type { Asker } from './server/asker.ts';
import { hostPort } from './server/host-port.ts';
import { Hub, type MicrophoneSource, NO_MICROPHONE } from './server/hub.ts';
import { PAGE_FOLDER } from './server/page-files.ts';
import { DEEPGRAM } from './server/protocols/deepgram.ts';
import { NATIVE_MICROPHONE, NATIVE_STREAM } from './server/protocols/native.ts';
import { OPENAI_REALTIME } from './server/protocols/openai-realtime.ts';
import type { ModelInfo } from './server/protocols/protocol.ts';
import { SHERPA } from './server/protocols/sherpa.ts';
import { voskProtocol } from './server/protocols/vosk.ts';
import { type Readiness, Server } from './server/server.ts';
import type { EngineAccess } from './server/session.ts';
import type { TranscriptListener } from './server/transcript-listener.ts';
import { wyomingService } from './wyoming-service.ts';

/** Time at the end for what was said last to reach hooks, webhooks and MQTT. */
const ASSISTANT_GRACE_MS = 2000;

/** What the agent is made of; tests hand in their own. */
export interface AgentParts {
  loadEngine(folder: string, config: Config, log: Logger): Promise<SpeechEngine>;
  /** Null when the configuration wants no microphone. */
  openMicrophone(
    config: Config['microphone'],
    sampleRate: number,
    onStatus: (status: MicrophoneStatus) => void,
  ): Promise<MicrophoneSource | null>;
}

export interface AgentOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly parts: AgentParts;
}

/** What is there while the agent runs. */
interface Running {
  readonly models: ModelSlot;
  readonly hub: Hub;
  readonly server: Server;
  readonly accessControl: AccessControl;
}

interface ServerTools {
  readonly metrics: Metrics;
  readonly accessControl: AccessControl;
}

/**
 * The daemon: engine, microphone, hub and server, made from a configuration. It listens before the model is
 * loaded; sessions that come so early wait for it.
 */
export class Agent {
  readonly #config: Config;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #parts: AgentParts;
  #models: ModelSlot | null = null;
  /** Null when no hook, webhook or broker is configured. */
  #assistant: Assistant | null = null;
  #running: Running | null = null;
  #starting: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;
  #draining: Promise<void> | null = null;

  constructor({ config, log, clock = SYSTEM_CLOCK, parts }: AgentOptions) {
    this.#config = config;
    this.#log = log;
    this.#clock = clock;
    this.#parts = parts;
  }

  /** Address of the page, as one types it on this machine; null while the agent does not listen. */
  get pageUrl(): string | null {
    const address = this.#running?.server.address;
    if (address == null) return null;
    const anyAddress = address.address === '0.0.0.0' || address.address === '::';
    const scheme = this.#config.server.tls.certFile === '' ? 'http' : 'https';
    return `${scheme}://${hostPort(anyAddress ? 'localhost' : address.address, address.port)}/`;
  }

  /**
   * Resolves when the model is loaded and the port is open. Safe to call twice; an abort stops the agent.
   * @throws {AgentError} with the code of what is wrong: model, provider, port, audio file; nothing runs then
   */
  start(signal?: AbortSignal): Promise<void> {
    this.#starting ??= this.#start(signal);
    return this.#starting;
  }

  /** Sends every session its last final, closes everything. Bounded in time; safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /**
   * Takes another configuration while streams go on, as far as `agent/RELOAD.md` says.
   * @throws {AgentError} `CONFIG_INVALID` or `TOKEN_REQUIRED`; nothing changes then
   */
  reload(next: Config): ReloadResult {
    const { accessControl } = this.#expectRunning();
    const { host } = this.#config.server; // another one takes a restart: the tokens must do for the one in force
    AccessControl.create({ ...next.server, host }).checkExposure(next.wyoming);
    accessControl.reload(next.server);
    const result = compareConfigs(this.#config, next);
    applySettings(this.#config, next, result.applied);
    this.#warnOfNobody(accessControl);
    return result;
  }

  /**
   * Gives another model to all streams that begin from now on; the microphone follows in the next pause.
   * @param name of a folder beside the configured model, or an absolute path
   * @param asker who wants it, for the log
   * @throws {AgentError} `MODEL_BUSY`, or what is wrong with the bundle; the present model stays then
   */
  async useModel(name: string, asker?: Asker): Promise<ModelInfo> {
    const { models, hub } = this.#expectRunning();
    const model = await models.use(name, asker);
    hub.renew();
    return model;
  }

  /**
   * Lets nobody in any more, waits until all have left or the time for it is up, and stops; at once before the start. Safe
   * to call twice.
   */
  drain(): Promise<void> {
    this.#draining ??= (this.#running?.server.drain() ?? Promise.resolve()).then(() => this.stop());
    return this.#draining;
  }

  /** How the agent does, as `/readyz` tells it. */
  readiness(): Omit<Readiness, 'clients'> {
    const { models, hub } = this.#expectRunning();
    const stats = models.stats();
    const reasons = [
      ...(stats === null ? ['The model is still loading.'] : []),
      ...(stats?.workers === 0 ? ['No engine worker runs.'] : []),
      ...(this.#draining === null ? [] : ['The daemon is draining.']),
      ...(this.#stopping === null ? [] : ['The daemon is shutting down.']),
    ];
    return {
      ready: reasons.length === 0,
      reasons,
      version: PACKAGE_VERSION,
      model: models.model,
      provider: stats?.provider ?? null,
      rejectedProviders: stats?.rejectedProviders ?? [],
      microphone: hub.status,
    };
  }

  /** The microphone's state as soon as it is known whether it works, at the latest after `timeoutMs`. */
  async microphoneStatus(timeoutMs: number): Promise<MicrophoneStatus> {
    const { hub } = this.#expectRunning();
    let release = () => {};
    await new Promise<void>((resolve) => {
      const cancelTimer = this.#clock.after(timeoutMs, resolve);
      const unsubscribe = hub.subscribe((event) => {
        if (event.type === 'microphone' && event.status.state !== 'starting') resolve();
      });
      release = () => {
        cancelTimer();
        unsubscribe();
      };
    });
    release();
    return hub.status;
  }

  async #start(signal?: AbortSignal): Promise<void> {
    signal?.addEventListener('abort', () => void this.stop(), { once: true });
    try {
      await this.#startParts(signal);
    } catch (error) {
      await this.stop();
      await this.#stop(); // what a stop in the midst of the start had not found yet
      throw error;
    }
  }

  async #startParts(signal?: AbortSignal): Promise<void> {
    const { loadEngine } = this.#parts;
    const listenFor = await microphoneTask(this.#config.microphone);
    const models = await ModelSlot.open({ config: this.#config, log: this.#log, loadEngine, listenFor });
    this.#models = models;
    models.engine.catch(() => {}); // awaited below; until then its failure must not count as unhandled
    this.#throwIfStopped(signal);
    const accessControl = AccessControl.create(this.#config.server);
    accessControl.checkExposure(this.#config.wyoming);
    this.#warnOfNobody(accessControl);
    const metrics = this.#createMetrics();
    this.#assistant = await this.#createAssistant(() => models.model.language, metrics);
    const hub = await this.#createHub(models, listenFor, metrics);
    const server = this.#createServer(models, hub, { metrics, accessControl });
    this.#running = { models, hub, server, accessControl };
    this.#throwIfStopped(signal);
    hub.start();
    await server.start();
    await models.engine;
    this.#throwIfStopped(signal);
  }

  #warnOfNobody({ admitsNobody }: AccessControl): void {
    if (!admitsNobody) return;
    const { tokensFile } = this.#config.server;
    this.#log.warn({ tokensFile }, 'nobody may connect: the file of tokens holds none');
  }

  async #createHub(
    { engine, sampleRate }: EngineAccess,
    listenFor: StreamOptions,
    metrics: Metrics,
  ): Promise<Hub> {
    const config = this.#config.microphone;
    const log = this.#log.child({ session: 'microphone' });
    // The source reports only when the hub iterates it, so `hub` is there by then.
    const source = await this.#parts.openMicrophone(config, sampleRate, (status) => hub.onStatus(status));
    const hub = new Hub({ source, engine, listenFor, log, metrics, onTranscript: this.#onTranscript });
    return hub;
  }

  #createAssistant(language: () => string, metrics: Metrics): Promise<Assistant | null> {
    const tools = { clock: this.#clock, log: this.#log.child({ session: 'assistant' }), metrics };
    const flush = async () => this.#running?.hub.flush();
    return Assistant.create({ config: this.#config, language, version: PACKAGE_VERSION, flush, tools });
  }

  readonly #onTranscript: TranscriptListener = (event, origin) => this.#assistant?.accept(event, origin);

  #createMetrics(): Metrics {
    return new Metrics({
      version: PACKAGE_VERSION,
      engine: () => this.#models?.stats() ?? null,
      microphone: () => this.#running?.hub.status ?? NO_MICROPHONE,
      assistant: () => this.#assistant,
    });
  }

  #createServer(access: EngineAccess, hub: Hub, tools: ServerTools): Server {
    const { metrics, accessControl } = tools;
    const { vosk, wyoming } = this.#config;
    const protocols = [
      ...[NATIVE_STREAM, NATIVE_MICROPHONE, DEEPGRAM, OPENAI_REALTIME],
      ...[voskProtocol(vosk), SHERPA],
    ];
    return new Server({
      config: this.#config.server,
      clock: this.#clock,
      log: this.#log,
      metrics,
      hub,
      onTranscript: this.#onTranscript,
      protocols,
      accessControl,
      queueAgeMs: () => this.#models?.stats()?.oldestQueuedMs ?? 0,
      wyoming: wyomingService(wyoming),
      access,
      pageFolder: PAGE_FOLDER,
      readiness: () => this.readiness(),
      useModel: (name, asker) => this.useModel(name, asker),
      renderMetrics: async () => ({ contentType: metrics.contentType, text: await metrics.render() }),
    });
  }

  async #stop(): Promise<void> {
    if (this.#running !== null) {
      const { hub, server } = this.#running;
      const { shutdownTimeoutMs } = this.#config.server;
      await Promise.all([atMost(this.#clock, shutdownTimeoutMs, hub.stop()), server.stop()]);
    }
    await this.#assistant?.stop(ASSISTANT_GRACE_MS);
    await this.#models?.close();
  }

  #throwIfStopped(signal: AbortSignal | undefined): void {
    if (this.#stopping !== null || signal?.aborted === true) {
      throw new AgentError('SHUTTING_DOWN', 'The agent was stopped before it had started.');
    }
  }

  #expectRunning(): Running {
    if (this.#running !== null) return this.#running;
    throw new AgentError('INTERNAL', 'The agent has not been started.');
  }
}
