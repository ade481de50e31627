import type { TestContext } from 'node:test';

/** A WebSocket of the page whose other side is the test. */
export class FakeSocket {
  readonly url: URL;
  readonly sent: (string | Int16Array)[] = [];
  /** Bytes that the network has not taken yet: the test says. */
  bufferedAmount = 0;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { reason: string }) => void) | null = null;

  send(data: string | Int16Array): void {
    this.sent.push(data);
  }

  /** The code of the page's own close; null while it has not closed. */
  closedWith: number | undefined | null = null;

  constructor(url: string | URL) {
    this.url = new URL(url);
  }

  close(code?: number): void {
    this.closedWith = code;
  }

  /** A message of the daemon. */
  receive(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** The daemon closes the connection, or it is lost. */
  lose(reason = ''): void {
    this.onclose?.({ reason });
  }

  /** Types of the text messages, and `sound` for all binary ones in a row. */
  get conversation(): string[] {
    const types = this.sent.map((data) =>
      typeof data === 'string' ? String(JSON.parse(data).type) : 'sound',
    );
    return types.filter((type, index) => type !== 'sound' || types[index - 1] !== 'sound');
  }

  get sentSamples(): number {
    return this.sent.reduce((sum, data) => sum + (typeof data === 'string' ? 0 : data.length), 0);
  }
}

/** Gives the page's modules a browser that only has sockets; returns those opened, the newest last. */
export function fakeSockets(t: TestContext): FakeSocket[] {
  const sockets: FakeSocket[] = [];
  class OpenedSocket extends FakeSocket {
    constructor(url: URL) {
      super(url);
      sockets.push(this);
    }
  }
  setGlobal(t, 'WebSocket', OpenedSocket);
  setGlobal(t, 'window', globalThis);
  return sockets;
}

/** Sets something that browsers have, until the end of the test. */
export function setGlobal(t: TestContext, name: string, value: unknown): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  t.after(() => {
    if (before) Object.defineProperty(globalThis, name, before);
    else Reflect.deleteProperty(globalThis, name);
  });
}
