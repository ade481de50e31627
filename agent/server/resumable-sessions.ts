import { AgentError } from '../errors.ts';
import { AddressCounts } from './address-counts.ts';
import type { ConnectionContext } from './connection.ts';
import type { ResumeWords } from './protocols/protocol.ts';
import { ResumableTransport } from './resumable-transport.ts';
import { createResumeToken, isSameSecret, sessionOfToken } from './resume-token.ts';
import type { Transport } from './transport.ts';

/** Who opens a session that can be resumed. */
export interface ResumableRequest {
  readonly session: string;
  readonly address: string;
  /** The access token that the client presented: only who presents it again gets the session. */
  readonly accessToken: string;
  readonly words: ResumeWords;
}

/** What a client shows that comes back. */
export interface ResumeClaim {
  readonly token: string;
  readonly accessToken: string;
  /** Messages of the session that it got. */
  readonly received: number;
}

interface Kept {
  readonly transport: ResumableTransport;
  readonly accessToken: string;
}

/**
 * The sessions that survive the loss of their connection. Of those that wait for their client no more than
 * `server.maxDetached` are kept: one more, and of the address that has most of them the one that waits longest is given up.
 */
export class ResumableSessions {
  readonly #context: ConnectionContext;
  readonly #kept = new Map<string, Kept>();
  /** Those that wait, in the order in which they lost their connection, with their addresses. */
  readonly #detached = new Map<ResumableTransport, string>();

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  /** Puts the transport of a new session between it and its first wire. */
  open(wire: Transport, { session, address, accessToken, words }: ResumableRequest): ResumableTransport {
    const { clock, config } = this.#context;
    const transport: ResumableTransport = new ResumableTransport(wire, {
      token: createResumeToken(config.node, session),
      words,
      session,
      clock,
      resumeMs: config.resumeMs,
      bufferBytes: config.resumeBufferBytes,
      onDetached: () => this.#onDetached(transport, address),
      onGone: (reason) => this.#onGone(transport, reason),
    });
    this.#kept.set(session, { transport, accessToken });
    return transport;
  }

  /**
   * Gives a session its client back, who comes from `address`.
   * @throws {AgentError} `RESUME_EXPIRED`, whatever is wrong with the claim: nobody learns which sessions there are
   */
  resume(wire: Transport, claim: ResumeClaim, address: string): void {
    const kept = this.#kept.get(sessionOfToken(claim.token));
    const isRightful =
      kept !== undefined &&
      isSameSecret(claim.token, kept.transport.token) &&
      isSameSecret(claim.accessToken, kept.accessToken);
    if (!isRightful || !kept.transport.attach(wire, claim.received)) {
      throw new AgentError('RESUME_EXPIRED', 'There is no such session to resume. Begin a new one.');
    }
    this.#leaveDetached(kept.transport);
    this.#context.metrics.sessionResumed();
    this.#context.log.info({ session: kept.transport.session, address }, 'session resumed');
  }

  /** Gives up all that wait. */
  close(): void {
    for (const transport of this.#detached.keys()) transport.expire();
  }

  #onDetached(transport: ResumableTransport, address: string): void {
    this.#detached.set(transport, address);
    this.#context.metrics.detachedSessions(this.#detached.size);
    this.#context.log.info({ session: transport.session }, 'session waits for its client');
    if (this.#detached.size > this.#context.config.maxDetached) this.#giveUpOne();
  }

  /** Who has most gives way: nobody loses a session to the many of another address. */
  #giveUpOne(): void {
    const counts = new AddressCounts();
    for (const address of this.#detached.values()) counts.add(address);
    const most = Math.max(...[...this.#detached.values()].map((address) => counts.of(address)));
    const longest = [...this.#detached].find(([, address]) => counts.of(address) === most);
    longest?.[0].expire();
  }

  #onGone(transport: ResumableTransport, reason: 'ended' | 'expired'): void {
    this.#leaveDetached(transport);
    this.#kept.delete(transport.session);
    if (reason === 'expired') this.#context.metrics.sessionExpired();
  }

  #leaveDetached(transport: ResumableTransport): void {
    this.#detached.delete(transport);
    this.#context.metrics.detachedSessions(this.#detached.size);
  }
}
