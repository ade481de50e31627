import { knownCode } from '../client/server-message.ts';
import { unreachable } from '../client/socket-error.ts';
import { AgentError } from '../errors.ts';
import type { Readiness } from '../server/server.ts';
import type { Look } from './daemon-reading.ts';
import { PrometheusText } from './prometheus-text.ts';

const ANSWER_MS = 5000;

/**
 * Asks a daemon how it is.
 * @param base `http://host:port`
 * @throws {AgentError} `SERVER_UNREACHABLE`, or the code with which the daemon refused
 */
export async function lookAtDaemon(base: string, token: string | undefined): Promise<Look> {
  const [readiness, metrics] = await Promise.all([
    ask(`${base}/readyz`, token),
    ask(`${base}/metrics`, token),
  ]);
  return {
    atMs: Date.now(),
    readiness: parseReadiness(base, readiness),
    metrics: new PrometheusText(metrics),
  };
}

async function ask(url: string, token: string | undefined): Promise<string> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  let answer: Response;
  try {
    answer = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (error) {
    const { cause, message } = error as Error;
    throw unreachable(url, cause instanceof Error ? cause.message : message, error);
  }
  const text = await answer.text();
  if (answer.ok || new URL(url).pathname === '/readyz') return text; // a daemon that is not ready says so with 503
  throw refusal(url, answer.status, text);
}

/** The daemon's own words where it has some. */
function refusal(url: string, status: number, text: string): AgentError {
  try {
    const { code, message } = JSON.parse(text) as { code: unknown; message: unknown };
    return new AgentError(knownCode(code), String(message));
  } catch {
    return unreachable(url, `the answer is status ${status}`);
  }
}

function parseReadiness(base: string, text: string): Readiness {
  try {
    return JSON.parse(text) as Readiness;
  } catch (cause) {
    throw unreachable(base, 'what answers there is no Earshot daemon', cause);
  }
}
