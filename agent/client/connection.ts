import { AgentError } from '../errors.ts';
import { MessageQueue } from './message-queue.ts';
import { PingWatch } from './ping-watch.ts';
import {
  type ErrorMessage,
  parseServerMessage,
  type ReadyMessage,
  type ServerMessage,
} from './server-message.ts';
import type { ClientSocket, OpenSocket } from './socket.ts';
import { toldAddress } from './socket-error.ts';

export interface ConnectOptions {
  /** `ws://127.0.0.1:2750/v1/stream`, or `/v1/microphone` to listen to the daemon's own microphone. */
  readonly url: string;
  /** The server's token, when it has one. */
  readonly token?: string | undefined;
  /** Longest time until the server has greeted. */
  readonly connectTimeoutMs?: number;
  /** Bytes waiting to be sent above which sending waits. */
  readonly sendBufferBytes?: number;
  /** Time without a word of the server, three of its pings at least, after which the connection counts as lost. Not in a browser. */
  readonly lostAfterMs?: number;
  /** Gives up a connection on which the server has not greeted yet. */
  readonly signal?: AbortSignal;
}

/** Messages of the server that may wait for the reader before the connection is paused. */
const MESSAGE_LIMIT = 1024;
const LOST_AFTER_MS = 30_000;

/** A WebSocket that speaks the native protocol: greeting, messages in order, one way of failing. */
export class Connection {
  readonly messages: MessageQueue<ServerMessage>;
  readonly #options: ConnectOptions;
  readonly #openSocket: OpenSocket;
  readonly #greeting: Promise<ReadyMessage>;
  #greet!: (ready: ReadyMessage) => void;
  #refuse!: (error: Error) => void;
  readonly #pings: PingWatch;
  #socket: ClientSocket | null = null;
  #lastError: ErrorMessage | null = null;
  #isOver = false;

  constructor(options: ConnectOptions, openSocket: OpenSocket) {
    this.#options = options;
    this.#openSocket = openSocket;
    this.#pings = new PingWatch(options.lostAfterMs ?? LOST_AFTER_MS, (silentMs) => {
      this.#fail(this.#lost(`nothing came for ${Math.round(silentMs)} ms`));
    });
    this.messages = new MessageQueue(MESSAGE_LIMIT, {
      pause: () => {
        this.#pings.pause();
        this.#socket?.pause();
      },
      resume: () => {
        this.#pings.unpause();
        this.#socket?.resume();
      },
    });
    this.#greeting = new Promise((resolve, reject) => {
      this.#greet = resolve;
      this.#refuse = reject;
    });
    this.#greeting.catch(() => {}); // `open` reports it, unless the socket itself failed before
  }

  /** Resolves with the server's greeting. Call once. */
  async open(): Promise<ReadyMessage> {
    const { url, token, connectTimeoutMs = 5000, signal } = this.#options;
    const timer = setTimeout(() => {
      this.#fail(this.#lost(`no greeting within ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    const giveUp = () => this.#fail(this.#lost('it is not wanted any more'));
    signal?.addEventListener('abort', giveUp);
    try {
      const target = { url, token, connectTimeoutMs, signal };
      await this.#openSocket(target, {
        opened: (socket) => this.#onOpened(socket),
        message: (text) => this.#receive(text),
        ping: () => this.#pings.ping(),
        closed: (code, _, cause) => this.#onClosed(code, cause),
      });
      return await this.#greeting;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Does nothing on a connection that is not open. */
  sendText(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /** Resolves when little waits to be sent. Does nothing on a connection that is not open. */
  async sendAudio(samples: Int16Array | Float32Array): Promise<void> {
    const socket = this.#socket;
    if (socket === null) return;
    socket.send(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    if (socket.bufferedAmount > (this.#options.sendBufferBytes ?? 256 * 1024)) await socket.flushed();
  }

  close(): void {
    this.#isOver = true;
    this.#pings.stop();
    this.messages.end();
    this.#socket?.close();
  }

  #onOpened(socket: ClientSocket): void {
    this.#socket = socket;
    if (this.#isOver) socket.terminate(); // the time for the greeting was up meanwhile
  }

  #onClosed(code: number, cause: AgentError | undefined): void {
    this.#pings.stop();
    this.#refuse(this.#lost(`closed with code ${code} before the greeting`));
    if (code === 1000) this.messages.end();
    else this.#fail(cause ?? this.#lost(`closed with code ${code}`));
  }

  #receive(text: string): void {
    this.#pings.heard();
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
    this.#isOver = true;
    this.#pings.stop();
    this.#refuse(error);
    this.messages.fail(error);
    this.#socket?.terminate();
  }

  #lost(how: string): AgentError {
    if (this.#lastError !== null) return new AgentError(this.#lastError.code, this.#lastError.message);
    return new AgentError(
      'SERVER_UNREACHABLE',
      `The connection to ${toldAddress(this.#options.url)} ended: ${how}.`,
    );
  }
}
