import { isIPv6 } from 'node:net';
import { plainAddress } from './loopback.ts';

/** Groups of an IPv6 address that say in which network it is, a /64: a host may have every address of it. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** Whose share an address takes: of IPv4 its own, of IPv6 that of its /64, as `2001:db8:0:1::/64`. */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain;
  const [bare = '', zone] = plain.split('%');
  const [head = [], tail = []] = bare.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = new Array<string>(GROUPS - head.length - tail.length).fill('0');
  const network = [...head, ...zeros, ...tail].slice(0, NETWORK_GROUPS).join(':');
  return `${network}::/64${zone === undefined ? '' : `%${zone}`}`;
}
