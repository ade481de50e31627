import { randomUUID } from 'node:crypto';
import { AgentError, toAgentError } from '../errors.ts';
import { AddressCounts } from './address-counts.ts';
import type { Asker } from './asker.ts';
import { AudioAllowance } from './audio-allowance.ts';
import { Connection, type ConnectionContext, type OpenedProtocol } from './connection.ts';
import type { Hub } from './hub.ts';
import { MicrophoneSession } from './microphone-session.ts';
import { OverloadPolicy } from './overload-policy.ts';
import { ResumableSessions, type ResumeClaim } from './resumable-sessions.ts';
import type { ResumeWish } from './resume-wish.ts';
import { type EngineAccess, type Session, StreamSession } from './session.ts';
import type { Transport } from './transport.ts';

export interface SessionPoolOptions extends ConnectionContext {
  readonly access: EngineAccess;
  readonly hub: Hub;
  /** Age of the oldest audio that waits for the engine; 0 while it loads. */
  readonly queueAgeMs: () => number;
}

/** All sessions of the daemon, whatever wire they came over: how many there may be, and how they end. */
export class SessionPool {
  readonly #options: SessionPoolOptions;
  readonly #resumable: ResumableSessions;
  readonly #open = new Map<Connection, Session>();
  readonly #byAddress = new AddressCounts();
  readonly #allowance: AudioAllowance;
  readonly #overload: OverloadPolicy;
  #stopping = false;
  #draining = false;
  #onEmpty: (() => void)[] = [];

  constructor(options: SessionPoolOptions) {
    this.#options = options;
    this.#resumable = new ResumableSessions(options);
    this.#allowance = new AudioAllowance(() => options.config.limits, options.clock);
    this.#overload = new OverloadPolicy(options);
  }

  /** Sessions open now. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether another session would be admitted. */
  get takesMore(): boolean {
    const isFull = this.#open.size >= this.#options.config.maxClients;
    return !this.#stopping && !this.#draining && !isFull && !this.#overload.isOverloaded;
  }

  /**
   * Whether one more session may be opened, for a client at `address`.
   * @throws {AgentError} `SHUTTING_DOWN`, `DRAINING`, `OVERLOADED`, `TOO_MANY_CLIENTS`, `ADDRESS_LIMIT` or `AUDIO_LIMIT`
   */
  admit(address: string): void {
    const { maxClients, limits } = this.#options.config;
    if (this.#stopping) throw new AgentError('SHUTTING_DOWN', 'The daemon is shutting down.');
    if (this.#draining) {
      throw new AgentError('DRAINING', 'The daemon finishes what is open; ask another one, or later.');
    }
    this.#overload.checkAdmission();
    if (this.#open.size >= maxClients) {
      throw new AgentError('TOO_MANY_CLIENTS', `All ${maxClients} places are taken (server.maxClients).`);
    }
    if (this.#byAddress.of(address) >= limits.clientsPerAddress) {
      const what = `All ${limits.clientsPerAddress} places of one address are taken`;
      throw new AgentError('ADDRESS_LIMIT', `${what} (server.limits.clientsPerAddress).`);
    }
    this.#allowance.check(address);
  }

  /** Begins the session of a connection that was admitted, or gives a client the session that it comes back for. */
  open(wire: Transport, opened: OpenedProtocol, asker: Asker, wish: ResumeWish = { type: 'none' }): void {
    const session = randomUUID();
    const words = opened.protocol.resumeWords;
    if (wish.type === 'claim') {
      this.#resume(wire, opened, wish.claim, asker.address);
    } else if (wish.type === 'new' && words !== undefined && this.#options.config.resumeMs > 0) {
      const request = { session, address: asker.address, accessToken: wish.accessToken, words };
      this.#begin(session, this.#resumable.open(wire, request), opened, asker);
    } else {
      this.#begin(session, wire, opened, asker);
    }
  }

  #begin(id: string, transport: Transport, opened: OpenedProtocol, asker: Asker): void {
    const { address } = asker;
    const { access, hub, metrics } = this.#options;
    const { name, audio } = opened.protocol;
    const connection = new Connection(id, transport, opened, this.#options);
    const takeAudio = (seconds: number) => {
      this.#allowance.take(address, seconds);
      this.#allowance.check(address);
    };
    const session =
      audio === 'client'
        ? new StreamSession(connection, access, {
            ...this.#options,
            takeAudio,
            passesPartial: this.#overload.partialFilter(),
          })
        : new MicrophoneSession(connection, access, {
            hub,
            clock: this.#options.clock,
            permit: opened.permit,
          });
    this.#open.set(connection, session);
    this.#byAddress.add(address);
    metrics.clientOpened(name);
    void connection.closed.then(() => this.#onClosed(connection, address));
    connection.log.info({ ...asker }, 'session opened');
    session.start();
  }

  /** A refusal comes over the WebSocket: browsers hide from a page what an HTTP answer says. */
  #resume(wire: Transport, opened: OpenedProtocol, claim: ResumeClaim, address: string): void {
    try {
      this.#resumable.resume(wire, claim, address);
    } catch (error) {
      const connection = new Connection(randomUUID(), wire, opened, this.#options);
      connection.start({ onCommand() {}, onClosed() {} });
      connection.fail(toAgentError(error));
    }
  }

  /** Lets nobody in any more. Resolves when all who are there have left by themselves. */
  async drain(): Promise<void> {
    this.#draining = true;
    await this.#emptied();
  }

  /** Ends every session; the last finals still go out. Resolves when all are gone. */
  async shutdown(): Promise<void> {
    this.#stopping = true;
    for (const session of this.#open.values()) session.shutdown();
    await this.#emptied();
  }

  async #emptied(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  /** Cuts off whoever is still there. */
  terminate(): void {
    for (const connection of this.#open.keys()) connection.terminate();
    this.#resumable.close();
  }

  #onClosed(connection: Connection, address: string): void {
    this.#open.delete(connection);
    this.#byAddress.remove(address);
    this.#options.metrics.clientClosed(connection.protocol.name);
    if (this.#open.size === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}
