import { randomUUID } from 'node:crypto';
import { AgentError, toAgentError } from '../errors.ts';
import { Connection, type ConnectionContext, type OpenedProtocol } from './connection.ts';
import type { Hub } from './hub.ts';
import { MicrophoneSession } from './microphone-session.ts';
import { ResumableSessions, type ResumeClaim } from './resumable-sessions.ts';
import type { ResumeWish } from './resume-wish.ts';
import { type EngineAccess, type Session, StreamSession } from './session.ts';
import type { Transport } from './transport.ts';

export interface SessionPoolOptions extends ConnectionContext {
  readonly access: EngineAccess;
  readonly hub: Hub;
}

/** All sessions of the daemon, whatever wire they came over: how many there may be, and how they end. */
export class SessionPool {
  readonly #options: SessionPoolOptions;
  readonly #resumable: ResumableSessions;
  readonly #open = new Map<Connection, Session>();
  #stopping = false;
  #onEmpty: (() => void) | null = null;

  constructor(options: SessionPoolOptions) {
    this.#options = options;
    this.#resumable = new ResumableSessions(options);
  }

  /** Sessions open now. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether another session would be admitted. */
  get takesMore(): boolean {
    return !this.#stopping && this.#open.size < this.#options.config.maxClients;
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

  /** Begins the session of a connection that was admitted, or gives a client the session that it comes back for. */
  open(wire: Transport, opened: OpenedProtocol, wish: ResumeWish = { type: 'none' }): void {
    const session = randomUUID();
    const words = opened.protocol.resumeWords;
    if (wish.type === 'claim') {
      this.#resume(wire, opened, wish.claim);
    } else if (wish.type === 'new' && words !== undefined && this.#options.config.resumeMs > 0) {
      const { accessToken } = wish;
      this.#begin(session, this.#resumable.open(wire, { session, accessToken, words }), opened);
    } else {
      this.#begin(session, wire, opened);
    }
  }

  #begin(id: string, transport: Transport, opened: OpenedProtocol): void {
    const { access, hub, metrics } = this.#options;
    const { name, audio } = opened.protocol;
    const connection = new Connection(id, transport, opened, this.#options);
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

  /** A refusal comes over the WebSocket: browsers hide from a page what an HTTP answer says. */
  #resume(wire: Transport, opened: OpenedProtocol, claim: ResumeClaim): void {
    try {
      this.#resumable.resume(wire, claim);
    } catch (error) {
      const connection = new Connection(randomUUID(), wire, opened, this.#options);
      connection.start({ onCommand() {}, onClosed() {} });
      connection.fail(toAgentError(error));
    }
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
    this.#resumable.close();
  }

  #onClosed(connection: Connection): void {
    this.#open.delete(connection);
    this.#options.metrics.clientClosed(connection.protocol.name);
    if (this.#open.size === 0) this.#onEmpty?.();
  }
}
