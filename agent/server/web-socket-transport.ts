import type { WebSocket } from 'ws';
import type { MessageMeter } from './message-meter.ts';
import type { Frame } from './protocols/protocol.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** ws's code for a message above `maxPayload`. */
const TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

/** A WebSocket of ws as a transport. */
export class WebSocketTransport implements Transport {
  readonly #socket: WebSocket;
  readonly #meter: MessageMeter | null;

  /** `meter`: of its messages, where they may be longer than those of others. */
  constructor(socket: WebSocket, meter: MessageMeter | null) {
    this.#socket = socket;
    this.#meter = meter;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  get isPaused(): boolean {
    return this.#socket.isPaused;
  }

  listen(events: TransportEvents): void {
    const socket = this.#socket;
    this.#meter?.start(() => {
      events.broken('MESSAGE_TOO_LARGE', 'long messages of other clients have all the memory for them');
      socket.terminate(); // a close in good order would go on reading
    });
    socket.on('message', (data, isBinary) => {
      this.#meter?.messageEnded();
      const bytes = data as Buffer;
      events.message(isBinary ? bytes : bytes.toString('utf8'));
    });
    socket.on('pong', () => events.alive());
    socket.on('ping', (data) => events.ping(() => socket.pong(data)));
    // A message over the limit, a breach of the WebSocket protocol or a broken network: ws closes by itself.
    socket.on('error', (error: Error & { code?: string }) => {
      const code = error.code === TOO_LARGE ? 'MESSAGE_TOO_LARGE' : 'MESSAGE_INVALID';
      events.broken(code, error.message);
    });
    socket.on('close', (code) => {
      this.#meter?.stop();
      events.closed(code);
    });
  }

  send(frame: Frame, done: () => void): void {
    this.#socket.send(frame, done);
  }

  ping(): void {
    this.#socket.ping();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
