import type { ClientSocket, OpenSocket } from './socket.ts';
import { notAnAddress, unreachable } from './socket-error.ts';

/** The part of a browser's WebSocket that is needed here; Node 22 and later have it too. */
interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(data: string | Uint8Array): void;
  close(code?: number): void;
}

const OPEN = 1;
/** A browser does not tell when it has sent something: it is asked this often. */
const POLL_MS = 20;

/**
 * Opens the global WebSocket. It can set no header, so the token goes into the address, and it does not say why a
 * server refused: that is `SERVER_UNREACHABLE` here.
 */
export const openBrowserSocket: OpenSocket = async ({ url, token, connectTimeoutMs, signal }, events) => {
  const socket = createSocket(withToken(url, token));
  if (socket === null) throw notAnAddress(url);
  let isOpen = false;
  const giveUp = () => socket.close();
  signal?.addEventListener('abort', giveUp);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(unreachable(url, `it does not stand after ${connectTimeoutMs} ms`));
      socket.close();
    }, connectTimeoutMs);
    socket.onopen = () => {
      clearTimeout(timer);
      isOpen = true;
      events.opened(new BrowserSocket(socket));
      resolve();
    };
    socket.onerror = () => {}; // it says nothing; the close that follows does
    socket.onmessage = ({ data }) => events.message(String(data));
    socket.onclose = ({ code, reason }) => {
      clearTimeout(timer);
      reject(unreachable(url, `it was closed with code ${code}`));
      if (isOpen) events.closed(code, reason);
    };
  }).finally(() => signal?.removeEventListener('abort', giveUp));
};

/** Null for what is not an address: the error would hold the whole of it, and with it a token. */
function createSocket(url: string): WebSocketLike | null {
  const { WebSocket } = globalThis as unknown as { WebSocket: new (url: string) => WebSocketLike };
  try {
    return new WebSocket(url);
  } catch {
    return null;
  }
}

function withToken(url: string, token: string | undefined): string {
  if (token === undefined) return url;
  return `${url}${url.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`;
}

class BrowserSocket implements ClientSocket {
  readonly #socket: WebSocketLike;

  constructor(socket: WebSocketLike) {
    this.#socket = socket;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(data: string | Uint8Array): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(data);
  }

  async flushed(): Promise<void> {
    while (this.#socket.bufferedAmount > 0 && this.#socket.readyState === OPEN) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** A browser reads on: what it has read waits in memory. */
  pause(): void {}

  resume(): void {}

  close(): void {
    this.#socket.close(1000);
  }

  /** A browser can only close in good order; what comes meanwhile is not heard. */
  terminate(): void {
    this.#socket.onmessage = null;
    this.#socket.close(CUT);
  }
}

/** Any private code: the session is to be resumed, so that it must not look meant. */
const CUT = 4900;
