import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { MqttCertificateFiles } from './mqtt-certificates.ts';
import type { SinkTools } from './sink.ts';
import type { DeliveryOutcome, WorkContext } from './work-queue.ts';

/** Time for the broker to confirm a message. */
const CONFIRM_TIMEOUT_MS = 5000;
/** Time to take leave of the broker. */
const CLOSE_TIMEOUT_MS = 1000;
/** Commands are short: longer messages on our topics are not meant for us. */
const MAX_PAYLOAD_BYTES = 64 << 10;
const QOS = 1;
/** Codes of a SUBACK from here on are refusals (MQTT 3.1.1, 3.9.3). */
const FIRST_REFUSAL = 0x80;

export interface MqttMessage {
  readonly topic: string;
  readonly payload: string;
}

export interface MqttLinkOptions {
  readonly url: string;
  /** Credentials and what else the library is told of the connection. */
  readonly connection: IClientOptions;
  /** Called for each attempt to connect. */
  readonly certificates: () => MqttCertificateFiles;
  /** Says `online` while we are there and `offline` when not, also when we vanish (last will); retained. */
  readonly statusTopic: string;
  readonly subscriptions: readonly string[];
  readonly onMessage: (message: MqttMessage) => void;
  readonly onConnected: (connected: boolean) => void;
}

/** How long to wait for the broker to confirm a message. */
interface Patience {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
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
  /** That a message was not confirmed is told once for each connection. */
  #toldUnconfirmed = false;

  constructor(options: MqttLinkOptions, tools: SinkTools) {
    this.#options = options;
    this.#tools = tools;
  }

  /** Begins to connect. Safe to call twice. */
  start(): void {
    if (this.#client !== null) return;
    const { url, connection, certificates, statusTopic } = this.#options;
    const will = { topic: statusTopic, payload: Buffer.from('offline'), qos: QOS, retain: true } as const;
    const client = connect(url, {
      ...{ reconnectOnConnackError: true, queueQoSZero: false },
      resubscribe: false, // what the library does by itself it does not tell the answer of
      ...connection,
      ...certificates(),
      will,
    });
    this.#client = client;
    client.on('connect', () => this.#onConnect(client));
    // The library has copied what concerns TLS to `wsOptions`, and makes them anew when they are empty.
    client.on('reconnect', () => Object.assign(client.options, certificates(), { wsOptions: undefined }));
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
    while (!signal.aborted && clock.uptime() <= deadlineMs) {
      const client = this.#client;
      if (client?.connected === true) {
        const outcome = await this.#send(client, message, { timeoutMs: CONFIRM_TIMEOUT_MS, signal });
        if (outcome !== null) return outcome;
      } else {
        await this.#connectedOr(signal, deadlineMs - clock.uptime());
      }
    }
    return signal.aborted ? 'failed' : 'expired';
  }

  /** Says `offline` and closes. Safe to call twice. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    const hasConfirmed =
      client.connected && (await this.#sendStatus(client, 'offline', CLOSE_TIMEOUT_MS)) === 'done';
    client.off('close', this.#onClose); // only ours: with its own the library stops its timers
    await new Promise<void>((resolve) => {
      const cancel = this.#tools.clock.after(CLOSE_TIMEOUT_MS, () => client.end(true, () => resolve()));
      // taking leave keeps the broker from sending the last will, which says `offline` when we could not
      client.end(!hasConfirmed, () => {
        cancel();
        resolve();
      });
    });
    this.#options.onConnected(false);
  }

  #onConnect(client: MqttClient): void {
    this.#toldOutage = false;
    this.#toldUnconfirmed = false;
    this.#tools.log.info({}, 'mqtt connected');
    this.#options.onConnected(true);
    this.#subscribe(client);
    void this.#sendStatus(client, 'online', CONFIRM_TIMEOUT_MS);
    for (const wake of this.#waiting) wake();
  }

  #subscribe(client: MqttClient): void {
    const { subscriptions } = this.#options;
    if (subscriptions.length === 0) return;
    client.subscribe([...subscriptions], { qos: QOS }, (_error, _asked, answer) => {
      const codes = answer?.granted ?? []; // none when the connection was lost meanwhile
      const topics = subscriptions.filter((_topic, index) => Number(codes[index] ?? 0) >= FIRST_REFUSAL);
      if (topics.length > 0) this.#tools.log.warn({ topics }, 'mqtt broker refuses subscriptions');
    });
  }

  #onOutage(reason: string): void {
    this.#options.onConnected(false);
    if (this.#toldOutage) return;
    this.#toldOutage = true;
    this.#tools.log.warn({ reason }, 'mqtt broker not reachable');
  }

  #sendStatus(client: MqttClient, payload: 'online' | 'offline', timeoutMs: number) {
    return this.#send(client, { topic: this.#options.statusTopic, payload, retain: true }, { timeoutMs });
  }

  #onUnconfirmed(reason: string): void {
    if (this.#toldUnconfirmed) return;
    this.#toldUnconfirmed = true;
    this.#tools.log.warn({ reason }, 'mqtt broker has not confirmed a message');
  }

  /** `done` when the broker has confirmed it, `failed` when no packet can hold it, null when it may be sent again. */
  #send(
    client: MqttClient,
    { topic, payload, retain = false }: MqttMessage & { readonly retain?: boolean },
    { timeoutMs, signal }: Patience,
  ): Promise<'done' | 'failed' | null> {
    return new Promise((resolve) => {
      const settle = (outcome: 'done' | 'failed' | null) => {
        cancel();
        signal?.removeEventListener('abort', onStop);
        client.off('close', giveUp);
        resolve(outcome);
      };
      const giveUp = () => {
        // or the library would send it whenever the broker is back
        client.removeOutgoingMessage(messageId);
        settle(null);
      };
      const onStop = () => {
        this.#onUnconfirmed('the daemon is stopping');
        giveUp();
      };
      const cancel = this.#tools.clock.after(timeoutMs, () => {
        this.#onUnconfirmed(`no answer within ${timeoutMs} ms`);
        giveUp();
      });
      signal?.addEventListener('abort', onStop, { once: true });
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
