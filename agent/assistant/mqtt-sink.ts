import type { Config } from '../config.ts';
import type { AssistantEvent } from './assistant-event.ts';
import { HERMES_COMMANDS, readHermesCommand, topicLevel } from './hermes.ts';
import { HermesListening } from './hermes-listening.ts';
import { MqttCertificates } from './mqtt-certificates.ts';
import { MqttLink, type MqttMessage } from './mqtt-link.ts';
import type { Sink, SinkTools } from './sink.ts';
import { type WorkLimits, WorkQueue } from './work-queue.ts';

export interface MqttSinkOptions extends WorkLimits {
  readonly settings: Config['mqtt'];
  /** Language of the model that is heard with now. */
  readonly language: () => string;
  /** Ends the segment of the microphone; resolves when its final has been told. */
  readonly flush: () => Promise<void>;
  readonly onConnected: (connected: boolean) => void;
}

/** Publishes events on MQTT: as plain JSON, and in the topics of Hermes, whose commands it follows. */
export class MqttSink implements Sink {
  readonly kind = 'mqtt';
  readonly #topicPrefix: string | null;
  readonly #hermes: HermesListening | null;
  readonly #link: MqttLink;
  readonly #queue: WorkQueue<MqttMessage>;

  private constructor(options: MqttSinkOptions, certificates: MqttCertificates, tools: SinkTools) {
    const { settings, onConnected } = options;
    const { siteId } = settings;
    this.#topicPrefix = settings.json ? settings.topicPrefix : null;
    const listening = settings.hermes ? this.#createListening(options, tools) : null;
    this.#hermes = listening;
    this.#link = new MqttLink(
      {
        url: settings.url,
        connection: connectionOf(settings),
        certificates: () => certificates.read(),
        statusTopic: `${settings.topicPrefix}/status`,
        subscriptions: listening === null ? [] : HERMES_COMMANDS,
        onMessage: (message) => {
          const command = readHermesCommand(message, siteId);
          if (command !== null) void listening?.carryOut(command);
        },
        onConnected,
      },
      tools,
    );
    this.#queue = new WorkQueue({
      ...options,
      clock: tools.clock,
      run: (message, context) => this.#link.publish(message, context),
      onOutcome: (outcome) => tools.metrics.delivered('mqtt', outcome),
    });
  }

  /**
   * Reads the certificates and begins to connect.
   * @throws {AgentError} `CONFIG_INVALID` when a file can not be read or used
   */
  static open(options: MqttSinkOptions, tools: SinkTools): MqttSink {
    const certificates = new MqttCertificates(options.settings, tools.log);
    const sink = new MqttSink(options, certificates, tools);
    sink.#link.start();
    return sink;
  }

  get queued(): number {
    return this.#queue.length;
  }

  accept(event: AssistantEvent): void {
    if (this.#topicPrefix !== null && event.type !== 'nothing') {
      const name = event.type === 'intent' ? `intent/${topicLevel(event.intent)}` : event.type;
      this.#queue.push({ topic: `${this.#topicPrefix}/${name}`, payload: JSON.stringify(event) });
    }
    if (event.source === 'microphone') this.#hermes?.accept(event);
  }

  async close(graceMs: number): Promise<void> {
    await this.#queue.close(graceMs);
    await this.#link.stop();
  }

  #createListening(options: MqttSinkOptions, { clock, log }: SinkTools): HermesListening {
    const { settings, language, flush } = options;
    const { siteId, listen } = settings;
    const publish = (messages: readonly MqttMessage[]) => {
      for (const message of messages) this.#queue.push(message);
    };
    return new HermesListening({ siteId, listen, language, flush, publish, clock, log });
  }
}

function connectionOf(settings: Config['mqtt']) {
  const { username, password, clientId, reconnectMs, rejectUnauthorized } = settings;
  return {
    ...(clientId === '' ? {} : { clientId }),
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    reconnectPeriod: reconnectMs,
    rejectUnauthorized,
  };
}
