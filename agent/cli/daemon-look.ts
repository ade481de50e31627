import { unreachable } from '../client/socket-error.ts';
import type { Readiness } from '../server/server.ts';
import type { Look } from './daemon-reading.ts';
import { requestDaemon } from './daemon-request.ts';
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
    atMs: performance.now(),
    readiness: parseReadiness(base, readiness),
    metrics: new PrometheusText(metrics),
  };
}

function ask(url: string, token: string | undefined): Promise<string> {
  return requestDaemon(url, { method: 'GET', token, answerMs: ANSWER_MS });
}

function parseReadiness(base: string, text: string): Readiness {
  try {
    return JSON.parse(text) as Readiness;
  } catch (cause) {
    throw unreachable(base, 'what answers there is no Earshot daemon', cause);
  }
}
