import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** Types of packets (MQTT 3.1.1, 2.2.1). */
const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const DISCONNECT = 14;

/** A broker as no real one lets itself be: it confirms no message and refuses the subscriptions that a test says. */
export class ScriptedBroker {
  /** Topics whose subscriptions are refused. */
  refused: readonly string[] = [];
  readonly published: string[] = [];
  /** Clients that have taken leave, whose last will is not sent. */
  farewells = 0;
  readonly #server: Server;
  #socket: Socket | null = null;

  private constructor() {
    this.#server = createServer((socket) => {
      this.#socket = socket;
      let bytes = Buffer.alloc(0);
      socket.on('error', () => {}); // a client that goes without a word
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        for (let end = packetEnd(bytes); end !== null; end = packetEnd(bytes)) {
          this.#answer(socket, bytes.subarray(0, end));
          bytes = bytes.subarray(end);
        }
      });
    });
  }

  static async start(t: TestContext): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker();
    broker.#server.listen(0, '127.0.0.1');
    await once(broker.#server, 'listening');
    t.after(() => {
      broker.#server.close();
      broker.disconnect();
    });
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Drops the client; it may come back. */
  disconnect(): void {
    this.#socket?.destroy();
  }

  #answer(socket: Socket, packet: Buffer): void {
    const body = packet.subarray(2); // packets of tests are shorter than 128 bytes
    const type = packet.readUInt8(0) >> 4;
    if (type === CONNECT) socket.write(Buffer.of(0x20, 2, 0, 0));
    if (type === SUBSCRIBE) socket.write(this.#suback(body));
    if (type === PUBLISH) this.published.push(textAt(body, 0));
    if (type === DISCONNECT) this.farewells++;
  }

  #suback(body: Buffer): Buffer {
    const codes: number[] = [];
    for (let at = 2; at < body.length; at += 3 + body.readUInt16BE(at))
      codes.push(this.refused.includes(textAt(body, at)) ? 0x80 : 1);
    return Buffer.of(0x90, 2 + codes.length, body.readUInt8(0), body.readUInt8(1), ...codes);
  }
}

function packetEnd(bytes: Buffer): number | null {
  if (bytes.length < 2) return null;
  const end = 2 + bytes.readUInt8(1);
  return bytes.length < end ? null : end;
}

function textAt(body: Buffer, at: number): string {
  return body.toString('utf8', at + 2, at + 2 + body.readUInt16BE(at));
}
