import { networkInterfaces } from 'node:os';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import { hostPort } from '../server/host-port.ts';

/** Where a daemon with these settings is reached from its own machine, as `127.0.0.1:2750`. */
export function localAddress(
  { host, port }: Pick<Config['server'], 'host' | 'port'>,
  interfaces = networkInterfaces,
): string {
  if (host === '0.0.0.0') return hostPort('127.0.0.1', port);
  return hostPort(host === '::' ? loopbackOf(interfaces()) : host, port);
}

/** Where IPv6 is switched off, a daemon can be told to listen at `::` all the same, and gets IPv4 alone. */
function loopbackOf(interfaces: ReturnType<typeof networkInterfaces>): string {
  const has6 = Object.values(interfaces).some((all) => all?.some(({ address }) => address === '::1'));
  return has6 ? '::1' : '127.0.0.1';
}

/** `http` or `ws`, with `s` where the port speaks TLS. */
export function scheme(plain: 'http' | 'ws', { tls }: Pick<Config['server'], 'tls'>): string {
  return tls.certFile === '' ? plain : `${plain}s`;
}

/**
 * Where a running daemon is asked over HTTP: at `given`, or where these settings put it.
 * @throws {AgentError} `USAGE`
 */
export function daemonAddress(given: string | undefined, config: Config): string {
  if (given === undefined) return `${scheme('http', config.server)}://${localAddress(config.server)}`;
  const address = given.replace(/^ws/, 'http').replace(/\/$/, '');
  if (URL.canParse(address) && address.startsWith('http')) return address;
  throw new AgentError('USAGE', `--server: expected an address such as http://kitchen:2750, got "${given}".`);
}
