import type { ErrorCode } from '../errors.ts';

/** Whose audio a transcript comes from. */
export type AudioOrigin = 'client' | 'microphone';

/** What a slow reader may lose. */
export type DroppableType = 'partial' | 'level';

/** What the server counts. */
export interface ServerMetrics {
  clientOpened(protocol: string): void;
  clientClosed(protocol: string): void;
  /** A connection was turned away before it was opened. */
  connectionRefused(code: ErrorCode): void;
  /** Sessions that wait for their client to come back. */
  detachedSessions(count: number): void;
  /** A client came back to its session. */
  sessionResumed(): void;
  /** A session was given up because its client did not come back in time, or needed what was not kept. */
  sessionExpired(): void;
  /** A partial or final came out of the engine. */
  observePartial(origin: AudioOrigin, latencyMs: number): void;
  observeFinal(origin: AudioOrigin, latencyMs: number): void;
  messageDropped(type: DroppableType): void;
  /** A partial was left out because the engine is behind. */
  partialThinned(): void;
  /** A socket was paused because its audio came faster than it was computed. */
  sourcePaused(): void;
  errorSent(code: ErrorCode): void;
  /** The files of the certificate had changed: the new one is in use, or the old one stays. */
  certificateRead(result: 'ok' | 'failed'): void;
  /** When the certificate in use ends, in seconds since 1970. */
  certificateExpires(atSeconds: number): void;
}
