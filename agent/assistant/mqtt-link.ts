import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { SinkTools } from './sink.ts';
import type { DeliveryOutcome, WorkContext } from './work-queue.ts';

/** Time for the broker to confirm a message. */
const CONFIRM_TIMEOUT_MS = 5000;
/** Time to take leave of the broker. */
const CLOSE_TIMEOUT_MS = 1000;
/** Commands are short: longer messages on our topics are not meant for us. */
const MAX_PAYLOAD_BYTES = 64 << 10;
const QOS = 1;

export interface MqttMessage {
  readonly topic: string;
  readonly payload: string;
}

export interface MqttLinkOptions {
  readonly url: string;
  /** Addresses, credentials and certificates as the library takes them. */
  readonly connection: IClientOptions;
  /** Says `online` while we are there and `offline` when not, also when we vanish (last will); retained. */
  readonly statusTopic: string;
  readonly subscriptions: readonly string[];
  readonly onMessage: (message: MqttMessage) => void;
  readonly onConnected: (connected: boolean) => void;
}

/**
 * The connection to a broker, made again for as long as it takes. Nothing is stored in it while it is broken: a message
 * waits with its sender until it is too old, and one that was not confirmed is sent again.
 */
export class MqttLink {
  readonly #options: MqttLinkOptions;
  readonly #tools: SinkTools;
  readonly #waiting = new Set<() => void>();
  readonly #onClose = () => this.#onOutage('the connection was closed');
  #client: MqttClient | null = null;
  /** An outage is told once. */
  #toldOutage = false;

  constructor(options: MqttLinkOptions, tools: SinkTools) {
    this.#options = options;
    this.#tools = tools;
  }

  /** Begins to connect. Safe to call twice. */
  start(): void {
    if (this.#client !== null) return;
    const { url, connection, statusTopic } = this.#options;
    const will = { topic: statusTopic, payload: Buffer.from('offline'), qos: QOS, retain: true } as const;
    const client = connect(url, { reconnectOnConnackError: true, queueQoSZero: false, ...connection, will });
    this.#client = client;
    client.on('connect', () => this.#onConnect(client));
    client.on('close', this.#onClose);
    client.on('error', (error) => this.#onOutage(reasonOf(error)));
    client.on('message', (topic, payload) => {
      if (payload.length > MAX_PAYLOAD_BYTES) return;
      this.#options.onMessage({ topic, payload: payload.toString('utf8') });
    });
  }

  /** Resolves when the broker has the message, when it is too old, or when it can not be sent at all. */
  async publish(message: MqttMessage, { signal, deadlineMs }: WorkContext): Promise<DeliveryOutcome> {
    const { clock } = this.#tools;
    while (!signal.aborted && clock.now() <= deadlineMs) {
      const client = this.#client;
      if (client?.connected === true) {
        const outcome = await this.#send(client, message);
        if (outcome !== null) return outcome;
      } else {
        await this.#connectedOr(signal, deadlineMs - clock.now());
      }
    }
    return signal.aborted ? 'failed' : 'expired';
  }

  /** Says `offline` and closes. Safe to call twice. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    if (client.connected)
      await this.#send(client, { topic: this.#options.statusTopic, payload: 'offline' }, true);
    client.off('close', this.#onClose); // only ours: with its own the library stops its timers
    await new Promise<void>((resolve) => {
      const cancel = this.#tools.clock.after(CLOSE_TIMEOUT_MS, () => client.end(true, () => resolve()));
      // taking leave keeps the broker from sending the last will as well
      client.end(!client.connected, () => {
        cancel();
        resolve();
      });
    });
    this.#options.onConnected(false);
  }

  #onConnect(client: MqttClient): void {
    const { statusTopic, subscriptions, onConnected } = this.#options;
    this.#toldOutage = false;
    this.#tools.log.info({}, 'mqtt connected');
    onConnected(true);
    if (subscriptions.length > 0) client.subscribe([...subscriptions], { qos: QOS });
    void this.#send(client, { topic: statusTopic, payload: 'online' }, true);
    for (const wake of this.#waiting) wake();
  }

  #onOutage(reason: string): void {
    this.#options.onConnected(false);
    if (this.#toldOutage) return;
    this.#toldOutage = true;
    this.#tools.log.warn({ reason }, 'mqtt broker not reachable');
  }

  /** `done` when the broker has confirmed it, `failed` when no packet can hold it, null when it may be sent again. */
  #send(
    client: MqttClient,
    { topic, payload }: MqttMessage,
    retain = false,
  ): Promise<'done' | 'failed' | null> {
    return new Promise((resolve) => {
      const settle = (outcome: 'done' | 'failed' | null) => {
        cancel();
        client.off('close', giveUp);
        resolve(outcome);
      };
      const giveUp = () => {
        // or the library would send it whenever the broker is back
        client.removeOutgoingMessage(messageId);
        settle(null);
      };
      const cancel = this.#tools.clock.after(CONFIRM_TIMEOUT_MS, giveUp);
      client.once('close', giveUp);
      try {
        client.publish(topic, payload, { qos: QOS, retain }, (error) =>
          settle(error == null ? 'done' : null),
        );
      } catch (error) {
        this.#tools.log.warn({ reason: reasonOf(error as Error) }, 'mqtt message can not be sent');
        settle('failed');
        client.removeOutgoingMessage(client.getLastMessageId());
        client.stream.destroy(); // half of the packet is in it
      }
      const messageId = client.getLastMessageId();
    });
  }

  async #connectedOr(signal: AbortSignal, timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        cancel();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = this.#tools.clock.after(timeoutMs + 1, wake);
      signal.addEventListener('abort', wake, { once: true });
      this.#waiting.add(wake);
    });
  }
}

/** `ECONNREFUSED` and its like; what the broker itself answers has only a number there. */
function reasonOf(error: Error & { code?: unknown }): string {
  return typeof error.code === 'string' ? error.code : error.message;
}
