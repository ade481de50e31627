import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
const MAPPED = '::ffff:';

/** Whether only programs of this machine reach this host name or address, or come from it. */
export function isLoopback(host: string): boolean {
  const address = plainAddress(host);
  if (address === 'localhost') return true;
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** Where a connection comes from, as limits and log lines know it. */
export function addressOf({ remoteAddress }: { readonly remoteAddress?: string | undefined }): string {
  return plainAddress(remoteAddress ?? '');
}

/** An address as limits and log lines know it: an IPv4 address mapped into IPv6 (RFC 4291, 2.5.5.2) is that. */
export function plainAddress(address: string): string {
  const lower = address.toLowerCase();
  return lower.startsWith(MAPPED) && isIP(lower.slice(MAPPED.length)) === 4
    ? lower.slice(MAPPED.length)
    : lower;
}
