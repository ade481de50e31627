import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MicrophoneStatus } from '../capture/microphone-status.ts';
import { atMost } from '../clock.ts';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import type { AccessControl } from './access-control.ts';
import { placesPerAddress } from './address-share.ts';
import type { Asker } from './asker.ts';
import { Certificate } from './certificate.ts';
import { type Reply, requestTarget } from './http-reply.ts';
import { HttpServer } from './http-server.ts';
import { PageFiles } from './page-files.ts';
import type { ModelInfo, Protocol } from './protocols/protocol.ts';
import { SessionPool, type SessionPoolOptions } from './session-pool.ts';
import { WebSocketServer } from './websocket-server.ts';
import { WyomingServer } from './wyoming-server.ts';

/** Connections beside the sessions: pages, probes, scrapes, and those who are told that no place is free. */
const SPARE_CONNECTIONS = 128;
/** So many of them may be of one address. */
const SPARE_PER_ADDRESS = 32;

/** What `/readyz` says. */
export interface Readiness {
  /** Whether sessions get transcripts now. */
  readonly ready: boolean;
  /** Why not; empty when ready. */
  readonly reasons: readonly string[];
  readonly version: string;
  readonly model: ModelInfo;
  /** Execution provider that runs; null while the model loads. */
  readonly provider: string | null;
  /** Providers that were tried before and do not run, each with its reason. */
  readonly rejectedProviders: readonly { readonly provider: string; readonly reason: string }[];
  readonly microphone: MicrophoneStatus;
  readonly clients: number;
}

export interface WyomingService {
  readonly config: Config['wyoming'];
  readonly protocol: Protocol;
}

export interface ServerOptions extends SessionPoolOptions {
  readonly accessControl: AccessControl;
  /** Spoken over WebSocket, each at its path. */
  readonly protocols: readonly Protocol[];
  /** What is spoken at the port of Wyoming; null: that port stays closed. */
  readonly wyoming: WyomingService | null;
  readonly pageFolder: string;
  readonly readiness: () => Omit<Readiness, 'clients'>;
  /** Gives another model to all streams that begin from now on; who asked for it is logged. */
  readonly useModel: (name: string, asker: Asker) => Promise<ModelInfo>;
  /** All metrics as Prometheus reads them. */
  readonly renderMetrics: () => Promise<{ contentType: string; text: string }>;
}

/** The network side of the daemon: HTTP and WebSocket on one port. */
export class Server {
  readonly #options: ServerOptions;
  readonly #pool: SessionPool;
  readonly #webSockets: WebSocketServer;
  readonly #wyoming: WyomingServer | null;
  #http: HttpServer | null = null;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#pool = new SessionPool(options);
    this.#webSockets = new WebSocketServer({ ...options, pool: this.#pool });
    this.#wyoming = createWyomingServer(options, this.#pool);
  }

  /** The address in use; null while stopped. */
  get address(): AddressInfo | null {
    return this.#http?.address ?? null;
  }

  /** The address in use for Wyoming; null while that port is closed. */
  get wyomingAddress(): AddressInfo | null {
    return this.#wyoming?.address ?? null;
  }

  /** @throws {AgentError} `PORT_IN_USE` or `CONFIG_INVALID` */
  async start(): Promise<void> {
    if (this.#http !== null) return;
    const { config, pageFolder, log, metrics } = this.#options;
    this.#http = new HttpServer({
      host: config.host,
      port: config.port,
      maxConnections: config.maxClients + SPARE_CONNECTIONS,
      maxConnectionsPerAddress: () => placesPerAddress(config) + SPARE_PER_ADDRESS,
      limits: config.limits,
      certificate: Certificate.load(config.tls, this.#options),
      onRefused: (code) => metrics.connectionRefused(code),
      routes: this.#routes(),
      actions: new Map([['/v1/model', (request) => this.#modelReply(request)]]),
      page: await PageFiles.load(pageFolder),
      onUpgrade: (request, socket, head) => this.#webSockets.upgrade(request, socket, head),
      log,
    });
    await this.#http.start();
    await this.#wyoming?.start();
  }

  /** Lets nobody in any more. Resolves when all sessions have ended by themselves, at the latest after `drainMs`. */
  async drain(): Promise<void> {
    const { clock, config } = this.#options;
    await atMost(clock, config.drainMs, this.#pool.drain());
  }

  /**
   * Ends every session in good order: nothing more is taken, each gets its last final. Whoever is not gone after
   * `shutdownTimeoutMs` is cut off. Safe to call twice.
   */
  async stop(): Promise<void> {
    const { clock, config } = this.#options;
    const cancel = clock.after(config.shutdownTimeoutMs, () => this.#pool.terminate());
    await Promise.all([this.#wyoming?.stop(), this.#pool.shutdown()]);
    cancel();
    this.#pool.terminate();
    await this.#http?.stop();
    this.#http = null;
  }

  #routes(): Map<string, (request: IncomingMessage) => Reply | Promise<Reply>> {
    const upgrades = this.#options.protocols.map(
      ({ path }) => [path, (request: IncomingMessage) => this.#upgradeRequired(request)] as const,
    );
    return new Map<string, (request: IncomingMessage) => Reply | Promise<Reply>>([
      ['/healthz', () => textReply('ok\n', 'text/plain; charset=utf-8')],
      ['/readyz', () => this.#readyReply()],
      ['/balancez', () => this.#balanceReply()],
      ['/metrics', (request) => this.#metricsReply(request)],
      ...upgrades,
    ]);
  }

  #upgradeRequired(request: IncomingMessage): Reply {
    this.#webSockets.check(request);
    const headers = { Upgrade: 'websocket', 'Content-Type': 'text/plain; charset=utf-8' };
    return { status: 426, headers, body: 'Open a WebSocket here.\n' };
  }

  #readyReply(): Reply {
    const readiness: Readiness = { ...this.#options.readiness(), clients: this.#pool.size };
    const body = `${JSON.stringify(readiness, null, 2)}\n`;
    return { ...textReply(body, 'application/json; charset=utf-8'), status: readiness.ready ? 200 : 503 };
  }

  /** For load balancers: 404 says that only sessions that are here already may come. */
  #balanceReply(): Reply {
    const takesMore = this.#options.readiness().ready && this.#pool.takesMore;
    const body = `${this.#pool.size} of ${this.#options.config.maxClients} places taken\n`;
    return { ...textReply(body, 'text/plain; charset=utf-8'), status: takesMore ? 200 : 404 };
  }

  async #metricsReply(request: IncomingMessage): Promise<Reply> {
    this.#options.accessControl.checkMetrics(request, requestTarget(request).searchParams);
    const { contentType, text } = await this.#options.renderMetrics();
    return textReply(text, contentType);
  }

  async #modelReply(request: IncomingMessage): Promise<Reply> {
    const { accessControl, useModel } = this.#options;
    const { searchParams } = requestTarget(request);
    accessControl.checkAdmin(request, searchParams);
    const name = searchParams.get('use');
    if (!name) throw new AgentError('MESSAGE_INVALID', 'Expected the model as ?use=NAME or ?use=/PATH.');
    const model = await useModel(name, accessControl.identify(request));
    return textReply(`${JSON.stringify({ model }, null, 2)}\n`, 'application/json; charset=utf-8');
  }
}

function createWyomingServer(options: ServerOptions, pool: SessionPool): WyomingServer | null {
  if (options.wyoming === null) return null;
  const { config: wyoming, protocol } = options.wyoming;
  return new WyomingServer({ ...options, wyoming, protocol, pool });
}

function textReply(body: string, contentType: string): Reply {
  return { status: 200, headers: { 'Content-Type': contentType, 'Cache-Control': 'no-store' }, body };
}
