import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer as WsServer } from 'ws';
import type { Config } from '../config.ts';
import { AgentError, toAgentError } from '../errors.ts';
import type { AccessControl } from './access-control.ts';
import type { ConnectionContext, OpenedProtocol } from './connection.ts';
import { refuseUpgrade, requestTarget } from './http-reply.ts';
import { addressOf } from './loopback.ts';
import { MessageMemory } from './message-memory.ts';
import { MessageMeter } from './message-meter.ts';
import type { Protocol } from './protocols/protocol.ts';
import { type ResumeWish, resumeWish } from './resume-wish.ts';
import type { EngineAccess } from './session.ts';
import type { SessionPool } from './session-pool.ts';
import type { Transport } from './transport.ts';
import { WebSocketTransport } from './web-socket-transport.ts';

export interface WebSocketServerOptions extends ConnectionContext {
  readonly protocols: readonly Protocol[];
  readonly accessControl: AccessControl;
  readonly pool: SessionPool;
  readonly access: Pick<EngineAccess, 'model'>;
}

/**
 * What a piece of a message that came by itself, and a frame that is not the last, keep of memory is far more than their bytes: one byte
 * each, they would take a thousand times what a message may have. A segment of TCP has more than this, a frame of a client that sends in
 * frames at least as much.
 */
const PIECE_BYTES = 1024;
const FRAME_BYTES = 4096;
/** For messages that are short in all. */
const SPARE_PIECES = 1024;
const SPARE_FRAMES = 64;

/** Admits WebSocket connections, each at the path of its protocol. */
export class WebSocketServer {
  readonly #options: WebSocketServerOptions;
  /** Each protocol has one, for each may have another limit of its messages. */
  readonly #ws: ReadonlyMap<Protocol, WsServer>;
  readonly #memory: MessageMemory;

  constructor(options: WebSocketServerOptions) {
    this.#options = options;
    this.#memory = new MessageMemory(options.config.longMessageBytes);
    this.#ws = new Map(options.protocols.map((protocol) => [protocol, createWs(protocol, options.config)]));
  }

  /** Handles the `upgrade` event of an HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    let protocol: Protocol | undefined;
    try {
      protocol = this.#protocolAt(request);
      const { opened, wish } = this.#admit(request, protocol);
      const asker = this.#options.accessControl.identify(request);
      this.#ws.get(protocol)?.handleUpgrade(request, socket, head, (webSocket) => {
        const transport = this.#transport(webSocket, socket, opened.protocol);
        this.#options.pool.open(transport, opened, asker, wish);
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

  #transport(webSocket: WebSocket, wire: Duplex, protocol: Protocol): Transport {
    const { maxMessageBytes } = this.#options.config;
    const isMetered = longestMessage(protocol, this.#options.config) > maxMessageBytes;
    const meter = isMetered ? new MessageMeter(wire, this.#memory, maxMessageBytes) : null;
    return new WebSocketTransport(webSocket, meter);
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
    const permit = accessControl.check(request, searchParams, scope);
    const wish = resumeWish(request, searchParams, protocol);
    if (wish.type !== 'claim') pool.admit(addressOf(request.socket)); // who comes back has a place
    const codec = protocol.createCodec(searchParams, access.model, request.headers);
    return { opened: { protocol, codec, permit }, wish };
  }

  #refuse(request: IncomingMessage, socket: Duplex, error: AgentError, protocol: Protocol | undefined): void {
    const { accessControl, metrics, log } = this.#options;
    metrics.connectionRefused(error.code);
    log.warn({ code: error.code, ...accessControl.identify(request) }, 'connection refused');
    refuseUpgrade(socket, error, protocol?.refusal?.(error.code, error.message));
  }
}

function createWs(protocol: Protocol, config: Config['server']): WsServer {
  const maxPayload = longestMessage(protocol, config);
  return new WsServer({
    noServer: true,
    // Answers to pings go through the connection, which looks at what waits to be sent.
    autoPong: false,
    maxPayload,
    maxBufferedChunks: Math.ceil(maxPayload / PIECE_BYTES) + SPARE_PIECES,
    maxFragments: Math.ceil(maxPayload / FRAME_BYTES) + SPARE_FRAMES,
    // Transcripts are short and audio does not compress: it would only cost memory per connection.
    perMessageDeflate: false,
  });
}

function longestMessage({ longestMessageBytes = 0 }: Protocol, config: Config['server']): number {
  const { maxMessageBytes, longMessageBytes } = config;
  return Math.max(maxMessageBytes, Math.min(longestMessageBytes, maxMessageBytes + longMessageBytes));
}
