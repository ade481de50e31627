import { knownCode, readRefusal } from '../client/server-message.ts';
import { unreachable } from '../client/socket-error.ts';
import { AgentError } from '../errors.ts';

export interface DaemonRequest {
  readonly method: 'GET' | 'POST';
  /** Undefined: none is sent. */
  readonly token: string | undefined;
  /** Time for the whole answer. */
  readonly answerMs: number;
}

/**
 * Asks a daemon over HTTP.
 * @returns the text of its answer
 * @throws {AgentError} `SERVER_UNREACHABLE`, or the code with which the daemon refused
 */
export async function requestDaemon(
  url: string,
  { method, token, answerMs }: DaemonRequest,
): Promise<string> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { method, headers, signal: AbortSignal.timeout(answerMs) });
    text = await answer.text();
  } catch (error) {
    const { cause, message } = error as Error;
    throw unreachable(url, cause instanceof Error ? cause.message : message, error);
  }
  if (answer.ok || new URL(url).pathname === '/readyz') return text; // a daemon that is not ready says so with 503
  throw refusal(url, answer.status, text);
}

/** The daemon's own words where it has some. */
function refusal(url: string, status: number, text: string): AgentError {
  const own = readRefusal(text);
  if (own === null) return unreachable(url, `the answer is status ${status}`);
  return new AgentError(knownCode(own.code), own.message);
}
