import type { AgentError } from '../errors.ts';

export interface SocketTarget {
  /** `ws://127.0.0.1:2750/v1/stream` */
  readonly url: string;
  /** The server's token, when it has one. */
  readonly token?: string | undefined;
  /** Longest time until the connection stands. */
  readonly connectTimeoutMs: number;
  /** Gives up a connection that does not stand yet; later it does nothing. */
  readonly signal?: AbortSignal | undefined;
}

export interface SocketEvents {
  /** It stands; called before anything else. */
  opened(socket: ClientSocket): void;
  message(text: string): void;
  /** The server pings; not called by the socket of a browser, which answers in silence. */
  ping?(): void;
  /** Nothing comes any more; 1006 stands for a cut. Not called for a connection that never stood. */
  closed(code: number, reason: string, cause?: AgentError): void;
}

/** An open WebSocket, of a browser or of Node. On one that is closed all methods do nothing. */
export interface ClientSocket {
  /** Bytes that the network has not taken yet. */
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  /** Resolves when the network has taken what was given to `send` until now, or never will. */
  flushed(): Promise<void>;
  /** Stops reading, where that can be done. */
  pause(): void;
  resume(): void;
  close(): void;
  /** Cuts the connection without a word, as far as that can be done. */
  terminate(): void;
}

/**
 * Opens a WebSocket; resolves when it stands. Rejects with an `AgentError`: `SERVER_UNREACHABLE`,
 * `USAGE` for what is not an address, or the code with which the server refused.
 */
export type OpenSocket = (target: SocketTarget, events: SocketEvents) => Promise<void>;
