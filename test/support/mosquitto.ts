import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connectAsync, type MqttClient } from 'mqtt';
import { EventQueue } from './event-queue.ts';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './tiny-bundle.ts';

const PROGRAM = ['mosquitto', '/usr/sbin/mosquitto'].find(
  (name) => spawnSync(name, ['-h']).error === undefined,
);

/** Why tests that need a broker are skipped; false when there is one. */
export const lacksMosquitto = PROGRAM === undefined ? 'mosquitto is not installed' : (false as const);

/** A real broker on a port of its own; it can be stopped and started again at the same address. */
export class Mosquitto {
  readonly port: number;
  readonly #config: string;
  #process: ChildProcess | null = null;

  private constructor(port: number, config: string) {
    this.port = port;
    this.#config = config;
  }

  /** `listener`: further lines for the listener, such as certificates. */
  static async start(t: TestContext, listener = 'allow_anonymous true'): Promise<Mosquitto> {
    const port = await freePort();
    const config = join(temporaryFolder(t), 'mosquitto.conf');
    writeFileSync(config, `persistence false\nuser root\nlistener ${port} 127.0.0.1\n${listener}\n`);
    const broker = new Mosquitto(port, config);
    t.after(() => broker.stop());
    await broker.start();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const child = spawn(String(PROGRAM), ['-c', this.#config], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    let log = '';
    for await (const chunk of child.stderr as AsyncIterable<Buffer>) {
      log += chunk;
      if (/ running/.test(log)) break;
    }
    if (child.exitCode !== null) throw new Error(`mosquitto ended: ${log}`);
    child.stderr?.resume();
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** Somebody else on the bus. */
export class BusClient {
  readonly client: MqttClient;
  readonly #messages = new EventQueue<{ readonly topic: string; readonly text: string }>();
  readonly #iterator = this.#messages[Symbol.asyncIterator]();

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (topic, payload) => this.#messages.push({ topic, text: payload.toString() }));
  }

  /** Connects and subscribes. */
  static async connect(t: TestContext, url: string, topic: string): Promise<BusClient> {
    const client = await connectAsync(url, { reconnectPeriod: 20 });
    t.after(() => client.end(true));
    const bus = new BusClient(client);
    await client.subscribeAsync(topic, { qos: 1 });
    return bus;
  }

  /** The next message on a topic that matches; others are passed over. */
  async next(topic: RegExp): Promise<{ readonly topic: string; readonly text: string }> {
    for (;;) {
      const { value } = await this.#iterator.next();
      if (topic.test(value.topic)) return value;
    }
  }
}
