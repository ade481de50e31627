import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import type { TranscriptEvent } from '../transcript/transcript-event.ts';
import type { AssistantEvent } from './assistant-event.ts';
import { Hook } from './hook.ts';
import type { Sink, SinkKind, SinkTools } from './sink.ts';
import { Webhook } from './webhook.ts';
import type { WorkLimits } from './work-queue.ts';

/** The sections of the configuration that say who gets events. */
export type AssistantConfig = Pick<Config, 'assistant' | 'hooks' | 'webhooks' | 'mqtt'>;

export interface AssistantOptions {
  readonly config: AssistantConfig;
  /** Language of the model that is heard with now. */
  readonly language: () => string;
  /** Version of the program, for who asks. */
  readonly version: string;
  /** Ends the segment of the microphone; resolves when its final has been told. */
  readonly flush: () => Promise<void>;
  readonly tools: SinkTools;
}

/** Whose transcript it is. */
export interface TranscriptOrigin {
  readonly origin: 'microphone' | 'client';
  readonly session: string;
  readonly latencyMs?: number | undefined;
}

/** Deliveries to one address or broker at once. */
const REMOTE_CONCURRENCY = { webhook: 1, mqtt: 4 };

/** Hands what is said to hooks, webhooks and MQTT, as far as they are configured. */
export class Assistant {
  readonly #withClients: boolean;
  readonly #sinks: readonly Sink[];
  #mqttConnected = false;

  private constructor(config: AssistantConfig, sinks: Sink[]) {
    this.#withClients = config.assistant.clients;
    this.#sinks = sinks;
  }

  /**
   * Null when nothing is configured.
   * @throws {AgentError} `CONFIG_INVALID` for an address or a certificate that can not be used
   */
  static async create(options: AssistantOptions): Promise<Assistant | null> {
    const sinks: Sink[] = [...createHooks(options), ...createWebhooks(options)];
    const assistant = new Assistant(options.config, sinks);
    const { mqtt: settings, assistant: limits } = options.config;
    if (settings.url !== '') {
      requireUrl('mqtt.url', settings.url, ['mqtt:', 'mqtts:', 'ws:', 'wss:']);
      const { MqttSink } = await import('./mqtt-sink.ts');
      const { language, flush } = options;
      const onConnected = (connected: boolean) => {
        assistant.#mqttConnected = connected;
      };
      const work = workLimits(limits, REMOTE_CONCURRENCY.mqtt);
      sinks.push(MqttSink.open({ ...work, settings, language, flush, onConnected }, options.tools));
    }
    return sinks.length === 0 ? null : assistant;
  }

  /** Whether the broker is reached; false also without one. */
  get mqttConnected(): boolean {
    return this.#mqttConnected;
  }

  /** Deliveries waiting and under way. */
  queued(kind: SinkKind): number {
    return this.#sinks.filter((sink) => sink.kind === kind).reduce((sum, { queued }) => sum + queued, 0);
  }

  /** Takes what a stream says. Never throws and never waits. */
  accept(event: TranscriptEvent, origin: TranscriptOrigin): void {
    if (origin.origin === 'client' && !this.#withClients) return;
    for (const said of assistantEvents(event, origin)) {
      for (const sink of this.#sinks) sink.accept(said);
    }
  }

  /** What is there has `graceMs` to be delivered. Safe to call twice. */
  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.close(graceMs)));
  }
}

function assistantEvents(event: TranscriptEvent, origin: TranscriptOrigin): readonly AssistantEvent[] {
  const source = { source: origin.origin, session: origin.session, at: new Date().toISOString() };
  if (event.type === 'wake') return [{ ...event, ...source }];
  if (event.type !== 'final') return [];
  const { text, words, confidence, start, end, intent, refusal } = event;
  if (text === '') return [{ type: 'nothing', ...source, ...(refusal === undefined ? {} : { refusal }) }];
  const { latencyMs } = origin;
  const utterance = { text, confidence, start, end, ...(latencyMs === undefined ? {} : { latencyMs }) };
  const final = { type: 'final', ...source, ...utterance, words } as const;
  if (intent === undefined) return [final];
  return [final, { type: 'intent', ...source, ...utterance, intent: intent.name, slots: intent.slots }];
}

function createHooks({ config, tools }: AssistantOptions): Hook[] {
  const { onWake, onFinal, onIntent, concurrency, timeoutMs } = config.hooks;
  const commands = { wake: onWake, final: onFinal, intent: onIntent } as const;
  const work = workLimits(config.assistant, concurrency);
  return (['wake', 'final', 'intent'] as const).flatMap((on) => {
    const [program, ...args] = commands[on];
    if (program === undefined) return [];
    return [new Hook({ ...work, on, command: [program, ...args], timeoutMs }, tools)];
  });
}

function createWebhooks({ config, version, tools }: AssistantOptions): Webhook[] {
  const { urls, ...settings } = config.webhooks;
  const work = workLimits(config.assistant, REMOTE_CONCURRENCY.webhook);
  return urls.map((url) => {
    requireUrl('webhooks.urls', url, ['http:', 'https:']);
    return new Webhook({ ...work, ...settings, url, userAgent: `earshot/${version}` }, tools);
  });
}

function workLimits({ queueLimit, maxAgeMs }: Config['assistant'], concurrency: number): WorkLimits {
  return { concurrency, queueLimit, maxAgeMs };
}

function requireUrl(setting: string, text: string, protocols: readonly string[]): void {
  if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return;
  const message = `${setting}: expected an address that begins with one of ${protocols.map((one) => `${one}//`).join(', ')}; got another.`;
  throw new AgentError('CONFIG_INVALID', message);
}
