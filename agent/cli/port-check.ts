import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { hostPort } from '../server/host-port.ts';
import { type Check, notOk, ok } from './doctor-check.ts';
import { localAddress } from './server-address.ts';

const ANSWER_MS = 5000;

/** Whether the daemon could listen where it is configured to, or already does. */
export async function checkPort({ server: { host, port } }: Config): Promise<Check> {
  const address = hostPort(host, port);
  const problem = await tryToListen(host, port);
  if (problem === null) return ok('port', `${address} is free`);
  if (problem !== 'EADDRINUSE') {
    return notOk('port', { needed: true, detail: `${address}: ${problem}`, mend: 'earshot config' });
  }
  if (await isEarshot(host, port)) return ok('port', `an Earshot daemon runs on ${address}`);
  return notOk('port', {
    needed: true,
    detail: `${address} is used by another program`,
    mend: `earshot serve --port ${port + 1}`,
  });
}

/** `null`, or the code of the fault. */
async function tryToListen(host: string, port: number): Promise<string | null> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    server.close();
  }
}

async function isEarshot(host: string, port: number): Promise<boolean> {
  try {
    const url = `http://${localAddress({ host, port })}/healthz`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false; // whatever it is, it does not answer as the daemon does
  }
}
