import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { NativeServerMessage } from '../../agent/server/protocols/native-message.ts';
import { EventQueue } from './event-queue.ts';

export type MessageOf<Type extends NativeServerMessage['type']> = Extract<
  NativeServerMessage,
  { type: Type }
>;

/** Certificates of tests vouch for themselves. */
const OPTIONS = { perMessageDeflate: false, rejectUnauthorized: false };

/** A client of the native protocol that does exactly what a test says, right or wrong. */
export class TestClient {
  readonly socket: WebSocket;
  readonly messages: NativeServerMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #incoming = new EventQueue<NativeServerMessage>();
  readonly #iterator = this.#incoming[Symbol.asyncIterator]();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#incoming.end();
        resolve({ code, reason: reason.toString() });
      });
    });
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString()) as NativeServerMessage;
      this.messages.push(message);
      this.#incoming.push(message);
    });
  }

  /** Opens a connection; rejects with the HTTP answer's status when it is refused. */
  static async connect(url: string, headers: Record<string, string> = {}): Promise<TestClient> {
    const client = new TestClient(new WebSocket(url, { headers, ...OPTIONS }));
    await once(client.socket, 'open');
    return client;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends text as it is, JSON or not. */
  sendText(text: string): void {
    this.socket.send(text);
  }

  sendAudio(bytes: Uint8Array): void {
    this.socket.send(bytes);
  }

  /** The next message of this type; those before it are passed over. Fails when the connection closes first. */
  async next<Type extends NativeServerMessage['type']>(type: Type): Promise<MessageOf<Type>> {
    for (;;) {
      const { value, done } = await this.#iterator.next();
      if (done) throw new Error(`The connection closed before a message of type ${type} came.`);
      if (value.type === type) return value as MessageOf<Type>;
    }
  }

  close(): void {
    this.socket.close();
  }
}

/** The HTTP answer to a WebSocket request that is refused. */
export async function refusal(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const socket = new WebSocket(url, { headers });
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  response.resume();
  socket.on('error', () => {});
  socket.terminate();
  return response;
}

/** `seconds` of 16 kHz mono s16le; its content means nothing to the fake engine. */
export function pcm(seconds: number): Uint8Array {
  const samples = Int16Array.from({ length: seconds * 16000 }, (_, i) => 1000 * Math.sin(i / 10));
  return new Uint8Array(samples.buffer);
}
