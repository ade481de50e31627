import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Config } from '../config.ts';
import { AgentError, type ErrorCode, toAgentError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { AddressShare } from './address-share.ts';
import type { Certificate } from './certificate.ts';
import { errorBody, errorHeaders, type Reply, refuseUpgrade, requestTarget, statusOf } from './http-reply.ts';
import { listen } from './listen.ts';
import type { PageFiles } from './page-files.ts';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** TCP connections open at once, WebSockets included; more are dropped unanswered. */
  readonly maxConnections: number;
  /** Those of one address; more are dropped and counted as refused. */
  readonly maxConnectionsPerAddress: () => number;
  /** What answers GET at a path. */
  readonly routes: ReadonlyMap<string, (request: IncomingMessage) => Reply | Promise<Reply>>;
  /** What answers POST at a path; a request says all in its address and headers, and its body is not read. */
  readonly actions: ReadonlyMap<string, (request: IncomingMessage) => Reply | Promise<Reply>>;
  readonly page: PageFiles;
  readonly limits: Pick<Config['server']['limits'], 'handshakeTimeoutMs' | 'maxHeaderBytes'>;
  /** A request was turned away before it could be read. */
  readonly onRefused: (code: ErrorCode) => void;
  /** Null: plain HTTP. */
  readonly certificate: Certificate | null;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly log: Logger;
}

/** Looked at this often within the time for the headers; Node's own 30 s would hold a dawdler much longer. */
const CHECKS_PER_TIMEOUT = 10;

/** The HTTP side of the port: a few routes, the files of the page, and the way in for WebSockets. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server | TlsServer;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const { handshakeTimeoutMs, maxHeaderBytes } = options.limits;
    const settings = {
      headersTimeout: handshakeTimeoutMs,
      requestTimeout: handshakeTimeoutMs, // no request has a body
      connectionsCheckingInterval: Math.ceil(handshakeTimeoutMs / CHECKS_PER_TIMEOUT),
      maxHeaderSize: maxHeaderBytes,
    };
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      void this.#answer(request, response);
    this.#server =
      options.certificate === null
        ? createServer(settings, answer)
        : this.#createTlsServer(
            { ...settings, handshakeTimeout: handshakeTimeoutMs },
            options.certificate,
            answer,
          );
    this.#server.maxConnections = options.maxConnections;
    const share = new AddressShare(options.maxConnectionsPerAddress);
    this.#server.on('connection', (socket: Socket) => {
      if (!share.take(socket)) options.onRefused('ADDRESS_LIMIT');
    });
    this.#server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
    this.#server.on('clientError', (error, socket) => this.#onBadRequest(error, socket));
  }

  /** The address in use; null before `start` and after `stop`. */
  get address(): AddressInfo | null {
    return this.#server.address() as AddressInfo | null;
  }

  /** @throws {AgentError} `PORT_IN_USE`, or `CONFIG_INVALID` for an address that this machine does not have */
  async start(): Promise<void> {
    const { host, port } = this.#options;
    await listen(this.#server, { host, port, section: 'server' });
  }

  /** Accepts no more connections and drops those that are open. Safe to call twice. */
  async stop(): Promise<void> {
    this.#options.certificate?.stop();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** Connections that are open keep the certificate with which they began. */
  #createTlsServer(settings: ServerOptions, certificate: Certificate, answer: RequestListener): TlsServer {
    const server = createTlsServer({ ...settings, ...certificate.pair }, answer);
    certificate.follow((pair) => server.setSecureContext(pair));
    return server;
  }

  /** Also when TLS fails: then nothing can be said. Who hangs up is not turned away. */
  #onBadRequest(cause: NodeJS.ErrnoException, socket: Duplex): void {
    const error = badRequest(cause, this.#options.limits);
    if (cause.code !== 'ECONNRESET') this.#options.onRefused(error.code);
    if (socket.writable && !/^ERR_(TLS|SSL)_/.test(cause.code ?? '')) refuseUpgrade(socket, error, undefined);
    else socket.destroy();
  }

  /**
   * An offer to speak another protocol, such as HTTP/2, is passed over as every server may (RFC 9110, 7.8). Node has
   * let go of the connection by then: it ends with the answer.
   */
  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') {
      this.#options.onUpgrade(request, socket, head);
      return;
    }
    request.socket.on('error', () => socket.destroy());
    request.socket.setTimeout(this.#options.limits.handshakeTimeoutMs, () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    try {
      response.assignSocket(request.socket);
    } catch {
      socket.destroy(); // the answer to the request before is still on its way
      return;
    }
    response.on('finish', () => socket.end(() => socket.destroy()));
    void this.#answer(request, response);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const reply = await this.#reply(request);
      response.writeHead(reply.status, { ...reply.headers, 'Content-Length': Buffer.byteLength(reply.body) });
      response.end(request.method === 'HEAD' ? undefined : reply.body);
    } catch (error) {
      this.#options.log.error({ err: error }, 'request failed');
      response.destroy();
    }
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    try {
      const { pathname } = requestTarget(request);
      const action = this.#options.actions.get(pathname);
      const allowed = action === undefined ? ['GET', 'HEAD'] : ['POST'];
      if (!allowed.includes(request.method ?? '')) {
        return { status: 405, headers: { Allow: allowed.join(', ') }, body: '' };
      }
      if (action !== undefined) return await action(request);
      const reply =
        (await this.#options.routes.get(pathname)?.(request)) ?? (await this.#options.page.read(pathname));
      if (reply === null) throw new AgentError('NOT_FOUND', `There is nothing at ${pathname}.`);
      return reply;
    } catch (error) {
      return errorReply(toAgentError(error));
    }
  }
}

function errorReply(error: AgentError): Reply {
  return { status: statusOf(error.code), headers: errorHeaders(error), body: errorBody(error) };
}

/** The reason for which Node's parser gave up. */
function badRequest({ code }: NodeJS.ErrnoException, limits: HttpServerOptions['limits']): AgentError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT' || code === 'ERR_TLS_HANDSHAKE_TIMEOUT') {
    const limit = `${limits.handshakeTimeoutMs} ms (server.limits.handshakeTimeoutMs)`;
    return new AgentError('HANDSHAKE_TIMEOUT', `The request was not there after ${limit}.`);
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    const limit = `${limits.maxHeaderBytes} bytes (server.limits.maxHeaderBytes)`;
    return new AgentError('HEADERS_TOO_LARGE', `The head of the request has more than ${limit}.`);
  }
  return new AgentError('MESSAGE_INVALID', `Expected a request of HTTP/1.1; it can not be read (${code}).`);
}
