import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer as WsServer } from 'ws';
import { AgentError, toAgentError } from '../errors.ts';
import { checkAccess } from './auth.ts';
import { Connection, type ConnectionContext } from './connection.ts';
import { refuseUpgrade, requestTarget } from './http-reply.ts';
import type { Hub } from './hub.ts';
import { MicrophoneSession } from './microphone-session.ts';
import type { Codec, Protocol } from './protocols/protocol.ts';
import { type EngineAccess, type Session, StreamSession } from './session.ts';

export interface WebSocketServerOptions extends ConnectionContext {
  readonly protocols: readonly Protocol[];
  readonly access: EngineAccess;
  readonly hub: Hub;
}

interface Opened {
  readonly protocol: Protocol;
  readonly codec: Codec;
}

/** Admits WebSocket connections, each at the path of its protocol, and ends them when the daemon stops. */
export class WebSocketServer {
  readonly #options: WebSocketServerOptions;
  readonly #sessions = new Set<Session>();
  readonly #ws: WsServer;
  #stopping = false;
  #onEmpty: (() => void) | null = null;

  constructor(options: WebSocketServerOptions) {
    this.#options = options;
    this.#ws = new WsServer({
      noServer: true,
      // Answers to pings go through the connection, which looks at what waits to be sent.
      autoPong: false,
      maxPayload: options.config.maxMessageBytes,
      // Transcripts are short and audio does not compress: it would only cost memory per connection.
      perMessageDeflate: false,
    });
  }

  /** Sessions open now. */
  get clients(): number {
    return this.#sessions.size;
  }

  /** Handles the `upgrade` event of an HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    let protocol: Protocol | undefined;
    try {
      protocol = this.#protocolAt(request);
      const opened = this.#admit(request, protocol);
      this.#ws.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, opened));
    } catch (error) {
      this.#refuse(socket, toAgentError(error), protocol);
    }
  }

  /**
   * Browsers hide from a page why a WebSocket was refused: it can ask with a plain request at the same address.
   * @throws {AgentError} the reason for which an upgrade of this request would be refused
   */
  check(request: IncomingMessage): void {
    this.#admit(request, this.#protocolAt(request));
  }

  /** Ends every session; the last finals still go out. Resolves when all are gone. */
  async shutdown(): Promise<void> {
    this.#stopping = true;
    for (const session of this.#sessions) session.shutdown();
    if (this.#sessions.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
  }

  /** Cuts off whoever is still there. */
  terminate(): void {
    for (const client of this.#ws.clients) client.terminate();
  }

  #protocolAt(request: IncomingMessage): Protocol {
    const { protocols } = this.#options;
    const { pathname } = requestTarget(request);
    const protocol = protocols.find(({ path }) => path === pathname);
    if (protocol !== undefined) return protocol;
    const paths = protocols.map(({ path }) => path).join(', ');
    throw new AgentError('NOT_FOUND', `There is no WebSocket at ${pathname}; there is: ${paths}.`);
  }

  #admit(request: IncomingMessage, protocol: Protocol): Opened {
    const { config, access } = this.#options;
    const { searchParams } = requestTarget(request);
    checkAccess(request, searchParams, config);
    if (this.#stopping) throw new AgentError('SHUTTING_DOWN', 'The daemon is shutting down.');
    if (this.#sessions.size >= config.maxClients) {
      throw new AgentError(
        'TOO_MANY_CLIENTS',
        `All ${config.maxClients} places are taken (server.maxClients).`,
      );
    }
    return { protocol, codec: protocol.createCodec(searchParams, access.model) };
  }

  #open(webSocket: WebSocket, opened: Opened): void {
    const { access, hub, metrics } = this.#options;
    const { name, audio } = opened.protocol;
    const connection = new Connection(randomUUID(), webSocket, opened, this.#options);
    const session =
      audio === 'client'
        ? new StreamSession(connection, access, this.#options)
        : new MicrophoneSession(connection, access, hub);
    this.#sessions.add(session);
    metrics.clientOpened(name);
    webSocket.on('close', () => this.#onSessionClosed(session, name));
    connection.log.info({}, 'session opened');
    session.start();
  }

  #onSessionClosed(session: Session, protocol: string): void {
    this.#sessions.delete(session);
    this.#options.metrics.clientClosed(protocol);
    if (this.#sessions.size === 0) this.#onEmpty?.();
  }

  #refuse(socket: Duplex, error: AgentError, protocol: Protocol | undefined): void {
    this.#options.metrics.connectionRefused(error.code);
    this.#options.log.warn({ code: error.code }, 'connection refused');
    refuseUpgrade(socket, error, protocol?.refusal?.(error.code, error.message));
  }
}
