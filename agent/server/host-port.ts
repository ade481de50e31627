/** A host name or an address with a port, as URLs and people write it: `127.0.0.1:2750`, `[::1]:2750`. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
