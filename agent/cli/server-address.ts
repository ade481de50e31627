import type { Config } from '../config.ts';

/** Where a daemon with these settings is reached from its own machine, as `127.0.0.1:2750`. */
export function localAddress({ host, port }: Pick<Config['server'], 'host' | 'port'>): string {
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${local.includes(':') ? `[${local}]` : local}:${port}`;
}

/** `http` or `ws`, with `s` where the port speaks TLS. */
export function scheme(plain: 'http' | 'ws', { tls }: Pick<Config['server'], 'tls'>): string {
  return tls.certFile === '' ? plain : `${plain}s`;
}
