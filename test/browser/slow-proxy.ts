import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

/** In one piece of what a slow connection takes; it takes ten a second. */
const PIECES_PER_SECOND = 10;

/** A TCP proxy on 127.0.0.1 that takes from clients only so much in a second. */
export class SlowProxy {
  readonly port: number;
  /** From clients; what servers send passes at once. */
  bytesPerSecond = Number.POSITIVE_INFINITY;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(t: TestContext, serverPort: number): Promise<SlowProxy> {
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const proxy = new SlowProxy((listener.address() as AddressInfo).port);
    const clients = new Set<Socket>();
    listener.on('connection', (client) => {
      clients.add(client);
      const server = connect(serverPort, '127.0.0.1');
      server.on('error', () => client.destroy());
      server.pipe(client);
      void proxy.#pass(client, server);
    });
    t.after(() => {
      listener.close();
      for (const client of clients) client.destroy();
    });
    return proxy;
  }

  async #pass(client: Socket, server: Socket): Promise<void> {
    try {
      for await (const data of client) await this.#trickle(data, server);
      server.end();
    } catch {
      server.destroy(); // the client is gone
    }
  }

  async #trickle(data: Buffer, server: Socket): Promise<void> {
    let rest = data;
    while (rest.length > 0) {
      const piece = Math.min(rest.length, this.bytesPerSecond / PIECES_PER_SECOND);
      server.write(rest.subarray(0, piece));
      rest = rest.subarray(piece);
      if (rest.length > 0 || piece < data.length) await pause(1000 / PIECES_PER_SECOND);
    }
  }
}
