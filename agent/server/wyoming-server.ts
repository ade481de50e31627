import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import type { Config } from '../config.ts';
import { toAgentError } from '../errors.ts';
import { AddressShare, placesPerAddress } from './address-share.ts';
import type { ConnectionContext } from './connection.ts';
import { listen } from './listen.ts';
import { addressOf } from './loopback.ts';
import { machineName } from './machine-name.ts';
import type { Protocol } from './protocols/protocol.ts';
import type { EngineAccess } from './session.ts';
import type { SessionPool } from './session-pool.ts';
import { TcpTransport } from './tcp-transport.ts';
import { WyomingFramer } from './wyoming-framer.ts';
import { Zeroconf } from './zeroconf.ts';

export interface WyomingServerOptions extends ConnectionContext {
  readonly wyoming: Config['wyoming'];
  readonly protocol: Protocol;
  readonly pool: SessionPool;
  readonly access: Pick<EngineAccess, 'model'>;
}

/** Connections beside the sessions: those who are told that no place is free. */
const SPARE_CONNECTIONS = 32;
/** So many of them may be of one address. */
const SPARE_PER_ADDRESS = 8;
/** Time for a client that is turned away to read why. */
const REFUSAL_GRACE_MS = 2000;
const NO_PARAMETERS = new URLSearchParams();

/** The TCP port of Wyoming. Its sessions have the same limits as those over WebSocket. */
export class WyomingServer {
  readonly #options: WyomingServerOptions;
  readonly #server: NetServer;
  readonly #share: AddressShare;
  #zeroconf: Zeroconf | null = null;

  constructor(options: WyomingServerOptions) {
    this.#options = options;
    // a client may close its side behind its last audio, and read on
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#share = new AddressShare(() => placesPerAddress(options.config) + SPARE_PER_ADDRESS);
    this.#server.maxConnections = options.config.maxClients + SPARE_CONNECTIONS;
  }

  /** The address in use; null while stopped. */
  get address(): AddressInfo | null {
    return this.#server.address() as AddressInfo | null;
  }

  /** @throws {AgentError} `PORT_IN_USE`, or `CONFIG_INVALID` for an address that this machine does not have */
  async start(): Promise<void> {
    const { host, port, zeroconf, name } = this.#options.wyoming;
    await listen(this.#server, { host, port, section: 'wyoming' });
    const { clock, log } = this.#options;
    log.info({ host, port: this.address?.port }, 'wyoming is listening');
    if (!zeroconf) return;
    const type = '_wyoming._tcp';
    const service = { host, port: this.address?.port ?? port, type, machine: machineName(), name };
    this.#zeroconf = await Zeroconf.announce({ ...service, clock, log });
  }

  /** Accepts no more connections; those that are open end with the pool. Safe to call twice. */
  async stop(): Promise<void> {
    this.#server.close();
    await this.#zeroconf?.stop();
    this.#zeroconf = null;
  }

  #accept(socket: Socket): void {
    if (!this.#share.take(socket)) {
      this.#options.metrics.connectionRefused('ADDRESS_LIMIT');
      return;
    }
    const { protocol, pool, access, config } = this.#options;
    const codec = protocol.createCodec(NO_PARAMETERS, access.model);
    const address = addressOf(socket);
    try {
      pool.admit(address);
    } catch (error) {
      const { code, message } = toAgentError(error);
      this.#options.metrics.connectionRefused(code);
      this.#options.log.warn({ code, address }, 'connection refused');
      this.#refuse(socket, codec.encode({ type: 'error', code, message }));
      return;
    }
    const transport = new TcpTransport(
      socket,
      new WyomingFramer(config.maxMessageBytes),
      config.pingIntervalMs,
    );
    pool.open(transport, { protocol, codec }, { address });
  }

  #refuse(socket: Socket, frames: readonly (string | Uint8Array)[]): void {
    socket.on('error', () => socket.destroy());
    const cancel = this.#options.clock.after(REFUSAL_GRACE_MS, () => socket.destroy());
    socket.on('close', cancel);
    socket.resume(); // what it sends is not read, but its close is
    for (const frame of frames) socket.write(frame);
    socket.end();
  }
}
