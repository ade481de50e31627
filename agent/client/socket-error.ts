import { AgentError } from '../errors.ts';

/** No connection, for a reason that is not the server's own word. */
export function unreachable(url: string, reason: string, cause?: unknown): AgentError {
  return new AgentError(
    'SERVER_UNREACHABLE',
    `No connection to ${url}: ${reason}. Is the daemon running there (earshot serve)?`,
    { cause },
  );
}

export function notAnAddress(url: string, cause: unknown): AgentError {
  const expected = 'expected an address such as ws://127.0.0.1:2750/v1/stream';
  return new AgentError('USAGE', `Not the address of a server: ${expected}, got ${url}`, { cause });
}
