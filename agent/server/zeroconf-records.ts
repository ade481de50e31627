import { isIPv4 } from 'node:net';
import type { Interfaces } from './network-watch.ts';

/** One service as the local network sees it. */
export interface AnnouncedService {
  /** Unique on the network; any text of at most 63 bytes. */
  readonly name: string;
  /** Such as `_wyoming._tcp` */
  readonly type: string;
  readonly port: number;
  /** Name of this machine, without `.local`. */
  readonly host: string;
  /** IPv4 addresses at which the service is reached. */
  readonly addresses: readonly string[];
}

/** A resource record of RFC 6762 and 6763 as multicast-dns takes it; lifetimes in seconds. */
export type DnsRecord = { readonly name: string; readonly ttl: number } & (
  | { readonly type: 'PTR'; readonly data: string }
  | { readonly type: 'TXT'; readonly data: string }
  | { readonly type: 'A'; readonly data: string }
  | { readonly type: 'SRV'; readonly data: { readonly port: number; readonly target: string } }
);

const SERVICE_LIST = '_services._dns-sd._udp.local';
/** RFC 6762, section 10: 75 minutes, and 2 minutes for what names a host. */
const TTL_SECONDS = 4500;
const HOST_TTL_SECONDS = 120;

/** All records of a service, the pointer to it first. */
export function serviceRecords({ name, type, port, host, addresses }: AnnouncedService): DnsRecord[] {
  const kind = `${type}.local`;
  // A dot inside a label can not be written in the names of multicast-dns.
  const instance = `${name.replaceAll('.', '-')}.${kind}`;
  const target = `${host}.local`;
  return [
    { name: kind, type: 'PTR', ttl: TTL_SECONDS, data: instance },
    { name: instance, type: 'SRV', ttl: HOST_TTL_SECONDS, data: { port, target } },
    { name: instance, type: 'TXT', ttl: TTL_SECONDS, data: '' },
    { name: SERVICE_LIST, type: 'PTR', ttl: TTL_SECONDS, data: kind },
    ...addresses.map((data) => ({ name: target, type: 'A', ttl: HOST_TTL_SECONDS, data }) as const),
  ];
}

/** The records that answer a question; empty when it asks for something else. */
export function answersTo(
  records: readonly DnsRecord[],
  question: { readonly name: string; readonly type: string },
): DnsRecord[] {
  const name = question.name.toLowerCase();
  return records.filter(
    (record) =>
      record.name.toLowerCase() === name && (question.type === 'ANY' || question.type === record.type),
  );
}

/** The IPv4 addresses at which a server that listens on `host` is reached; for a name all those of the machine. */
export function reachableAddresses(host: string, interfaces: Interfaces): string[] {
  if (isIPv4(host) && host !== '0.0.0.0') return [host];
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
}
