import { AgentError } from '../errors.ts';

/** No connection, for a reason that is not the server's own word. */
export function unreachable(url: string, reason: string, cause?: unknown): AgentError {
  return new AgentError(
    'SERVER_UNREACHABLE',
    `No connection to ${toldAddress(url)}: ${reason}. Is the daemon running there (earshot serve)?`,
    { cause },
  );
}

export function notAnAddress(url: unknown): AgentError {
  const expected = 'expected an address such as ws://127.0.0.1:2750/v1/stream';
  return new AgentError('USAGE', `url is not the address of a server: ${expected}, got ${toldAddress(url)}`);
}

/** What was got is not told, for it is a secret. */
export function notAToken(cause: unknown): AgentError {
  const expected = 'expected characters that a header of HTTP may hold, so no line break';
  return new AgentError('USAGE', `token: ${expected}.`, { cause });
}

/** An address as errors tell it, which end up in logs: its query may hold a token. */
export function toldAddress(url: unknown): string {
  return String(url).replace(/\?.*$/s, '');
}
