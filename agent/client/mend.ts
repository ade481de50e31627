import type { AgentError, ErrorCode } from '../errors.ts';
import type { StreamRequest } from './stream-request.ts';

/** What can be tried after a connection was lost: the same session, or another that takes over. */
export type Mend = 'resume' | 'restart';

/** Errors after which a new session can take over from the end of the last final. */
const RESTARTABLE: readonly ErrorCode[] = [
  'RESUME_EXPIRED',
  'SHUTTING_DOWN',
  'DRAINING',
  'OVERLOADED',
  'ENGINE_CLOSED',
  'ENGINE_FAILED',
  'SESSION_TOO_LONG',
  'IDLE_TIMEOUT',
  'SLOW_CLIENT',
  'TOO_MANY_CLIENTS',
  'ADDRESS_LIMIT',
  'AUDIO_LIMIT',
  'STREAM_LIMIT',
  'HANDSHAKE_TIMEOUT',
];

/** Errors that say that the server is there and would take a new session: there is nothing to wait for. */
const MENDED_AT_ONCE: readonly ErrorCode[] = ['RESUME_EXPIRED', 'IDLE_TIMEOUT'];

/** Errors that say that no server is there now: it was, so that a proxy that knows none, as while a container is exchanged, is waited for. */
const AWAY: readonly ErrorCode[] = ['SERVER_UNREACHABLE', 'NOT_FOUND'];

export function isMendedAtOnce({ code }: AgentError): boolean {
  return MENDED_AT_ONCE.includes(code);
}

/**
 * How a stream goes on after `error`; null when it can not, or has been tried for too long.
 * @param hasSession whether the server may have kept its session
 */
export function mendAfter(
  error: AgentError,
  hasSession: boolean,
  lostForMs: number,
  { giveUpAfterMs = 60_000, restart = true }: StreamRequest,
): Mend | null {
  if (lostForMs > giveUpAfterMs) return null;
  const isCut = AWAY.includes(error.code);
  if (isCut && hasSession) return 'resume';
  return restart && (isCut || RESTARTABLE.includes(error.code)) ? 'restart' : null;
}
