import type { Socket } from 'node:net';
import { toAgentError } from '../errors.ts';
import type { Frame } from './protocols/protocol.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** Cuts bytes into messages; throws when they can not be read. */
export interface Framer {
  push(chunk: Buffer): Iterable<Frame>;
}

/** A TCP connection as a transport. The system looks whether the other side is still there. */
export class TcpTransport implements Transport {
  readonly #socket: Socket;
  readonly #framer: Framer;
  #isReadable = true;

  constructor(socket: Socket, framer: Framer, keepAliveMs: number) {
    this.#socket = socket;
    this.#framer = framer;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  get isPaused(): boolean {
    return this.#socket.isPaused();
  }

  listen(events: TransportEvents): void {
    const socket = this.#socket;
    socket.on('data', (chunk) => this.#read(chunk, events));
    socket.on('end', () => events.ended?.());
    socket.on('error', (error) => events.broken(null, error.message));
    socket.on('close', (hadError) => events.closed(hadError ? 1006 : 1000));
  }

  send(frame: Frame, done: () => void): void {
    this.#socket.write(frame, done);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.end();
  }

  terminate(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer, events: TransportEvents): void {
    if (!this.#isReadable) return;
    try {
      for (const frame of this.#framer.push(chunk)) events.message(frame);
    } catch (error) {
      this.#isReadable = false;
      events.unreadable(toAgentError(error));
    }
  }
}
