import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer as WsServer } from 'ws';
import { AgentError, toAgentError } from '../errors.ts';
import type { AccessControl } from './access-control.ts';
import type { ConnectionContext, OpenedProtocol } from './connection.ts';
import { refuseUpgrade, requestTarget } from './http-reply.ts';
import { addressOf } from './loopback.ts';
import type { Protocol } from './protocols/protocol.ts';
import { type ResumeWish, resumeWish } from './resume-wish.ts';
import type { EngineAccess } from './session.ts';
import type { SessionPool } from './session-pool.ts';
import { WebSocketTransport } from './web-socket-transport.ts';

export interface WebSocketServerOptions extends ConnectionContext {
  readonly protocols: readonly Protocol[];
  readonly accessControl: AccessControl;
  readonly pool: SessionPool;
  readonly access: Pick<EngineAccess, 'model'>;
}

/** Admits WebSocket connections, each at the path of its protocol. */
export class WebSocketServer {
  readonly #options: WebSocketServerOptions;
  readonly #ws: WsServer;

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

  /** Handles the `upgrade` event of an HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    let protocol: Protocol | undefined;
    try {
      protocol = this.#protocolAt(request);
      const { opened, wish } = this.#admit(request, protocol);
      const asker = this.#options.accessControl.identify(request);
      this.#ws.handleUpgrade(request, socket, head, (webSocket) => {
        this.#options.pool.open(new WebSocketTransport(webSocket), opened, asker, wish);
      });
    } catch (error) {
      this.#refuse(request, socket, toAgentError(error), protocol);
    }
  }

  /**
   * Browsers hide from a page why a WebSocket was refused: it can ask with a plain request at the same address.
   * @throws {AgentError} the reason for which an upgrade of this request would be refused
   */
  check(request: IncomingMessage): void {
    this.#admit(request, this.#protocolAt(request));
  }

  /** Clients that were made for a port of their own ask for `/`, where the page is for everybody else. */
  #protocolAt(request: IncomingMessage): Protocol {
    const { protocols, config } = this.#options;
    const { pathname } = requestTarget(request);
    const protocol = protocols.find(({ path, name }) =>
      pathname === '/' ? name === config.rootProtocol : path === pathname,
    );
    if (protocol !== undefined) return protocol;
    const paths = protocols.map(({ path }) => path).join(', ');
    throw new AgentError('NOT_FOUND', `There is no WebSocket at ${pathname}; there is: ${paths}.`);
  }

  #admit(request: IncomingMessage, protocol: Protocol): { opened: OpenedProtocol; wish: ResumeWish } {
    const { accessControl, pool, access } = this.#options;
    const { searchParams } = requestTarget(request);
    const scope = protocol.audio === 'client' ? 'stream' : 'microphone';
    accessControl.check(request, searchParams, scope);
    const wish = resumeWish(request, searchParams, protocol);
    if (wish.type !== 'claim') pool.admit(addressOf(request.socket)); // who comes back has a place
    const permit = accessControl.permit(request, searchParams, scope);
    return { opened: { protocol, codec: protocol.createCodec(searchParams, access.model), permit }, wish };
  }

  #refuse(request: IncomingMessage, socket: Duplex, error: AgentError, protocol: Protocol | undefined): void {
    const { accessControl, metrics, log } = this.#options;
    metrics.connectionRefused(error.code);
    log.warn({ code: error.code, ...accessControl.identify(request) }, 'connection refused');
    refuseUpgrade(socket, error, protocol?.refusal?.(error.code, error.message));
  }
}
