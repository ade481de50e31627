import type { WebSocket } from 'ws';
import { AgentError } from '../errors.ts';
import { MessageQueue } from './message-queue.ts';
import { openSocket } from './open-socket.ts';
import {
  type ErrorMessage,
  parseServerMessage,
  type ReadyMessage,
  type ServerMessage,
} from './server-message.ts';

export interface ConnectOptions {
  /** `ws://127.0.0.1:2750/v1/stream`, or `/v1/microphone` to listen to the daemon's own microphone. */
  readonly url: string;
  /** The server's token, when it has one. */
  readonly token?: string | undefined;
  /** Longest time until the server has greeted. */
  readonly connectTimeoutMs?: number;
  /** Bytes waiting to be sent above which sending waits. */
  readonly sendBufferBytes?: number;
}

/** Messages of the server that may wait for the reader before the connection is paused. */
const MESSAGE_LIMIT = 1024;

/** A WebSocket that speaks the native protocol: greeting, messages in order, one way of failing. */
export class Connection {
  readonly messages: MessageQueue<ServerMessage>;
  readonly #options: ConnectOptions;
  readonly #greeting: Promise<ReadyMessage>;
  #greet!: (ready: ReadyMessage) => void;
  #refuse!: (error: Error) => void;
  #socket: WebSocket | null = null;
  #lastError: ErrorMessage | null = null;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.messages = new MessageQueue(MESSAGE_LIMIT, {
      pause: () => this.#socket?.pause(),
      resume: () => this.#socket?.resume(),
    });
    this.#greeting = new Promise((resolve, reject) => {
      this.#greet = resolve;
      this.#refuse = reject;
    });
    this.#greeting.catch(() => {}); // `open` reports it, unless the socket itself failed before
  }

  /** Resolves with the server's greeting. Call once. */
  async open(): Promise<ReadyMessage> {
    const { url, token, connectTimeoutMs = 5000 } = this.#options;
    const timer = setTimeout(() => {
      this.#fail(this.#lost(`no greeting within ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    try {
      await openSocket({ url, token, connectTimeoutMs }, (socket) => this.#wire(socket));
      return await this.#greeting;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Does nothing on a connection that is not open. */
  sendText(message: object): void {
    if (this.#isOpen()) this.#socket!.send(JSON.stringify(message));
  }

  /** Resolves when little waits to be sent. Does nothing on a connection that is not open. */
  async sendAudio(samples: Int16Array | Float32Array): Promise<void> {
    if (!this.#isOpen()) return;
    const socket = this.#socket!;
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    const sent = new Promise<void>((resolve) => socket.send(bytes, () => resolve()));
    if (socket.bufferedAmount > (this.#options.sendBufferBytes ?? 256 * 1024)) await sent;
  }

  close(): void {
    this.messages.end();
    this.#socket?.close(1000);
    this.#socket?.resume(); // a paused socket would never see the other side's close
  }

  #isOpen(): boolean {
    return this.#socket !== null && this.#socket.readyState === this.#socket.OPEN;
  }

  #wire(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(String(data)));
    socket.on('error', (error) => this.#fail(this.#lost(error.message)));
    socket.on('close', (code) => {
      this.#refuse(this.#lost(`closed with code ${code} before the greeting`));
      if (code === 1000) this.messages.end();
      else this.#fail(this.#lost(`closed with code ${code}`));
    });
  }

  #receive(text: string): void {
    try {
      const message = parseServerMessage(text);
      if (message === null) return;
      if (message.type === 'error') this.#lastError = message;
      if (message.type === 'ready') this.#greet(message);
      else this.messages.push(message);
    } catch (error) {
      this.#fail(error as AgentError);
    }
  }

  #fail(error: AgentError): void {
    this.#refuse(error);
    this.messages.fail(error);
    this.#socket?.terminate();
  }

  #lost(how: string): AgentError {
    if (this.#lastError !== null) return new AgentError(this.#lastError.code, this.#lastError.message);
    return new AgentError('SERVER_UNREACHABLE', `The connection to ${this.#options.url} ended: ${how}.`);
  }
}
