import { AgentError, ERROR_CATALOGUE, type ErrorCode } from '../errors.ts';
import type { NativeServerMessage } from '../server/protocols/native-message.ts';
import { REFUSED_WISHES } from '../server/protocols/refusable.ts';

/** What a server says on the native protocol. */
export type ServerMessage = NativeServerMessage;

/** The server's greeting: first message of every connection. */
export type ReadyMessage = Extract<ServerMessage, { type: 'ready' }>;

export type ErrorMessage = Extract<ServerMessage, { type: 'error' }>;

/**
 * Reads a message of the server. Types that this version does not know are `null`: a newer server may have more.
 * @throws {AgentError} `MESSAGE_INVALID` for what is not a JSON object with a `type`
 */
export function parseServerMessage(text: string): ServerMessage | null {
  const message = parseObject(text);
  if (typeof message['type'] !== 'string') throw invalid(text);
  if (!KNOWN_TYPES.has(message['type'])) return null;
  if (message['type'] === 'error') message['code'] = knownCode(message['code']);
  return message as unknown as ServerMessage;
}

/**
 * The error in the body of an HTTP answer; null where it is none of ours: a proxy has words of its own. The code may be one
 * that this version does not know.
 */
export function readRefusal(body: string): { readonly code: string; readonly message: string } | null {
  try {
    const { type, code, message } = JSON.parse(body) as Record<string, unknown>;
    return type === 'error' && typeof code === 'string' ? { code, message: String(message) } : null;
  } catch {
    return null;
  }
}

/** Whether the session goes on after this error, unless it is closed with it. */
export function isForgiven({ code }: ErrorMessage): boolean {
  return code === 'MESSAGE_INVALID' || REFUSED_WISHES.has(code);
}

/** The catalogue's code, or `INTERNAL` for one that this version does not know. */
export function knownCode(code: unknown): ErrorCode {
  return isKnownCode(code) ? code : 'INTERNAL';
}

/** Whether this version has the code in its catalogue. */
export function isKnownCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CATALOGUE, code);
}

const KNOWN_TYPES: ReadonlySet<string> = new Set([
  'ready',
  'resumed',
  'ack',
  'microphone',
  'level',
  'configured',
  'error',
  'done',
  'wake',
  'speech-start',
  'speech-end',
  'partial',
  'final',
] satisfies ServerMessage['type'][]);

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw invalid(text, cause);
  }
  throw invalid(text);
}

function invalid(text: string, cause?: unknown): AgentError {
  const got = text.slice(0, 80);
  return new AgentError(
    'MESSAGE_INVALID',
    `Expected a JSON object with a "type" from the server, got: ${got}. Is this an Earshot server?`,
    { cause },
  );
}
