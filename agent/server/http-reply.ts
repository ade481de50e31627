import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { AgentError, type ErrorCode } from '../errors.ts';
import type { Refusal } from './protocols/protocol.ts';

/** What a request is answered with. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Errors that are answers to HTTP requests. */
export const STATUS_OF_ERROR: Partial<Record<ErrorCode, number>> = {
  UNAUTHORIZED: 401,
  TOKEN_EXPIRED: 401,
  SCOPE_MISSING: 403,
  ORIGIN_FORBIDDEN: 403,
  NOT_FOUND: 404,
  MESSAGE_INVALID: 400,
  HANDSHAKE_TIMEOUT: 408,
  MODEL_BUSY: 409,
  MODEL_MISSING: 422,
  MODEL_INVALID: 422,
  MODEL_HASH: 422,
  MODEL_SHAPE: 422,
  MODEL_FRONTEND: 422,
  LANGUAGE_MODEL_INVALID: 422,
  LEXICON_INVALID: 422,
  GRAMMAR_WORD: 422,
  PROVIDER_UNAVAILABLE: 422,
  ADDRESS_LIMIT: 429,
  AUDIO_LIMIT: 429,
  HEADERS_TOO_LARGE: 431,
  TOO_MANY_CLIENTS: 503,
  OVERLOADED: 503,
  DRAINING: 503,
  SHUTTING_DOWN: 503,
};
const RETRY_AFTER_SECONDS = 5;

/** The HTTP status that says the same as the error. */
export function statusOf(code: ErrorCode): number {
  return STATUS_OF_ERROR[code] ?? 500;
}

/**
 * Path and parameters of a request.
 * @throws {AgentError} `NOT_FOUND` when the request line holds no path
 */
export function requestTarget(request: IncomingMessage): URL {
  const url = parseTarget(request.url ?? '');
  if (url === null) throw new AgentError('NOT_FOUND', 'The request names no path of this server.');
  return url;
}

/** The parameters of a request; none when its line holds no path. */
export function requestQuery(request: IncomingMessage): URLSearchParams {
  return parseTarget(request.url ?? '')?.searchParams ?? new URLSearchParams();
}

/** A path, or a whole address, as proxies may send it and every server must take it (RFC 9112, 3.2.2). */
function parseTarget(target: string): URL | null {
  const base = 'http://localhost';
  const hasPath = target.startsWith('/') || /^https?:\/\//i.test(target);
  return hasPath && URL.canParse(target, base) ? new URL(target, base) : null;
}

/** An error as it is sent to clients, over HTTP as over WebSocket. */
export function errorBody({ code, message }: AgentError): string {
  return `${JSON.stringify({ type: 'error', code, message })}\n`;
}

/** Headers that belong to the error; one that passes says when, in its field `retryAfterSeconds` or by custom. */
export function errorHeaders({ code, fields }: AgentError): Record<string, string> {
  const status = statusOf(code);
  const headers: Record<string, string> = { 'Content-Type': 'application/json; charset=utf-8' };
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer';
  if (status === 503 || status === 429) {
    headers['Retry-After'] = String(fields['retryAfterSeconds'] ?? RETRY_AFTER_SECONDS);
  }
  return headers;
}

/**
 * Answers a request with an HTTP error on its bare socket, in the protocol's words if it has any, and drops the socket: the
 * other side may never close its own, and nothing else would.
 */
export function refuseUpgrade(socket: Duplex, error: AgentError, own: Refusal | undefined): void {
  const status = statusOf(error.code);
  const body = own?.body ?? errorBody(error);
  const headers = {
    ...errorHeaders(error),
    ...own?.headers,
    Connection: 'close',
    'Content-Length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.once('finish', () => socket.destroy());
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'));
}
