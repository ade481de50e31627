import { Connection, type ConnectOptions } from './connection.ts';
import type { ReadyMessage, ServerMessage } from './server-message.ts';
import type { OpenSocket } from './socket.ts';
import type { StartRequest } from './stream-request.ts';

/**
 * A connection to an Earshot server over its native protocol. Iterating gives the server's messages after the
 * greeting, once; it ends when the server closes after `done`, and throws when the connection is lost.
 *
 * @throws {AgentError} from the iteration: `SERVER_UNREACHABLE`, or the code of the error message with which the
 * server closed.
 */
export class AgentClient implements AsyncIterable<ServerMessage> {
  /** The server's greeting. */
  readonly ready: ReadyMessage;
  readonly #connection: Connection;

  private constructor(ready: ReadyMessage, connection: Connection) {
    this.ready = ready;
    this.#connection = connection;
  }

  /** @throws {AgentError} `SERVER_UNREACHABLE`, or the code with which the server refused */
  static async connect(options: ConnectOptions, openSocket: OpenSocket): Promise<AgentClient> {
    const connection = new Connection(options, openSocket);
    return new AgentClient(await connection.open(), connection);
  }

  /** Tells what the audio will be. Must come before the first `send`. */
  start(request: StartRequest): void {
    this.#connection.sendText({ type: 'start', ...request });
  }

  /**
   * Sends samples (16 kHz mono int16 unless `start` said otherwise). Resolves at once while little waits, and else
   * when what waits has gone out: awaiting it is the back-pressure. On a lost connection it does nothing: the
   * iteration tells.
   */
  async send(samples: Int16Array | Float32Array): Promise<void> {
    await this.#connection.sendAudio(samples);
  }

  /** Asks for a final of what was heard so far. */
  flush(): void {
    this.#connection.sendText({ type: 'flush' });
  }

  /** Asks for the last final and a clean close: `done` follows, then the iteration ends. */
  stop(): void {
    this.#connection.sendText({ type: 'stop' });
  }

  /** Drops the connection; the iteration ends. Safe to call twice. */
  close(): void {
    this.#connection.close();
  }

  [Symbol.asyncIterator](): AsyncIterator<ServerMessage, void, void> {
    return this.#connection.messages[Symbol.asyncIterator]();
  }
}
