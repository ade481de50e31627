import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/**
 * How a connection is cut: for both sides, so that the server believes that it still stands, or so that both do and
 * nothing passes any more.
 */
export type Cut = 'both' | 'half-open' | 'silent';

/** A TCP proxy on 127.0.0.1 whose connections can be cut at any byte. */
export class CuttingProxy {
  readonly port: number;
  /** Connections that clients have made. */
  connections = 0;
  cuts = 0;
  readonly #pairs = new Set<{ client: Socket; server: Socket }>();
  /** Bytes, both directions together, after which the next cut comes; null: none. */
  #bytesLeft: number | null = null;
  #kind: Cut = 'both';

  private constructor(port: number) {
    this.port = port;
  }

  static async start(t: TestContext, serverPort: number): Promise<CuttingProxy> {
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const proxy = new CuttingProxy((listener.address() as AddressInfo).port);
    listener.on('connection', (client) => proxy.#join(client, serverPort));
    t.after(() => {
      listener.close();
      for (const { client, server } of proxy.#pairs) {
        client.destroy();
        server.destroy();
      }
    });
    return proxy;
  }

  /** Cuts after this many more bytes; what comes after them in the same packet is lost with the connection. */
  cutAfter(bytes: number, kind: Cut = 'both'): void {
    this.#bytesLeft = bytes;
    this.#kind = kind;
  }

  /** Forgets a cut that has not come. */
  disarm(): void {
    this.#bytesLeft = null;
  }

  /** Cuts every connection now. */
  cut(kind: Cut = 'both'): void {
    this.cuts++;
    this.#bytesLeft = null;
    for (const pair of this.#pairs) {
      if (kind === 'silent') {
        pair.client.pause();
        pair.server.pause();
        continue;
      }
      pair.client.destroy();
      if (kind === 'both') {
        pair.server.destroy();
        this.#pairs.delete(pair);
      }
    }
  }

  #join(client: Socket, serverPort: number): void {
    this.connections++;
    const server = connect(serverPort, '127.0.0.1');
    const pair = { client, server };
    this.#pairs.add(pair);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('error', () => {});
      from.on('data', (data) => this.#pass(data, to));
    }
    client.on('end', () => server.end());
    server.on('close', () => {
      client.destroy();
      this.#pairs.delete(pair);
    });
  }

  #pass(data: Buffer, to: Socket): void {
    if (this.#bytesLeft === null || data.length <= this.#bytesLeft) {
      if (this.#bytesLeft !== null) this.#bytesLeft -= data.length;
      to.write(data);
      return;
    }
    to.write(data.subarray(0, this.#bytesLeft));
    this.cut(this.#kind);
  }
}
