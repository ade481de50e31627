import { randomUUID } from 'node:crypto';
import { AgentError } from '../errors.ts';
import { Connection, type ConnectionContext, type OpenedProtocol } from './connection.ts';
import type { Hub } from './hub.ts';
import { MicrophoneSession } from './microphone-session.ts';
import { type EngineAccess, type Session, StreamSession } from './session.ts';
import type { Transport } from './transport.ts';

export interface SessionPoolOptions extends ConnectionContext {
  readonly access: EngineAccess;
  readonly hub: Hub;
}

/** All sessions of the daemon, whatever wire they came over: how many there may be, and how they end. */
export class SessionPool {
  readonly #options: SessionPoolOptions;
  readonly #open = new Map<Connection, Session>();
  #stopping = false;
  #onEmpty: (() => void) | null = null;

  constructor(options: SessionPoolOptions) {
    this.#options = options;
  }

  /** Sessions open now. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Whether one more session may be opened.
   * @throws {AgentError} `SHUTTING_DOWN` or `TOO_MANY_CLIENTS`
   */
  admit(): void {
    const { maxClients } = this.#options.config;
    if (this.#stopping) throw new AgentError('SHUTTING_DOWN', 'The daemon is shutting down.');
    if (this.#open.size >= maxClients) {
      throw new AgentError('TOO_MANY_CLIENTS', `All ${maxClients} places are taken (server.maxClients).`);
    }
  }

  /** Begins the session of a connection that was admitted. */
  open(transport: Transport, opened: OpenedProtocol): void {
    const { access, hub, metrics } = this.#options;
    const { name, audio } = opened.protocol;
    const connection = new Connection(randomUUID(), transport, opened, this.#options);
    const session =
      audio === 'client'
        ? new StreamSession(connection, access, this.#options)
        : new MicrophoneSession(connection, access, hub);
    this.#open.set(connection, session);
    metrics.clientOpened(name);
    void connection.closed.then(() => this.#onClosed(connection));
    connection.log.info({}, 'session opened');
    session.start();
  }

  /** Ends every session; the last finals still go out. Resolves when all are gone. */
  async shutdown(): Promise<void> {
    this.#stopping = true;
    for (const session of this.#open.values()) session.shutdown();
    if (this.#open.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
  }

  /** Cuts off whoever is still there. */
  terminate(): void {
    for (const connection of this.#open.keys()) connection.terminate();
  }

  #onClosed(connection: Connection): void {
    this.#open.delete(connection);
    this.#options.metrics.clientClosed(connection.protocol.name);
    if (this.#open.size === 0) this.#onEmpty?.();
  }
}
