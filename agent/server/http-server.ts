import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AgentError, toAgentError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { errorBody, errorHeaders, requestTarget, statusOf } from './http-reply.ts';
import { listen } from './listen.ts';
import type { PageFiles } from './page-files.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** TCP connections open at once, WebSockets included; more are dropped unanswered. */
  readonly maxConnections: number;
  /** What answers GET at a path. */
  readonly routes: ReadonlyMap<string, (request: IncomingMessage) => Reply | Promise<Reply>>;
  readonly page: PageFiles;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly log: Logger;
}

/** Our requests are short: who dawdles is holding a connection. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 20_000 };

/** The HTTP side of the port: a few GET routes, the files of the page, and the way in for WebSockets. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#server = createServer(TIMEOUTS, (request, response) => void this.#answer(request, response));
    this.#server.maxConnections = options.maxConnections;
    this.#server.on('upgrade', options.onUpgrade);
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
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
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
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { status: 405, headers: { Allow: 'GET, HEAD' }, body: '' };
    }
    try {
      const { pathname } = requestTarget(request);
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
  const status = statusOf(error.code);
  return { status, headers: errorHeaders(status), body: errorBody(error) };
}
