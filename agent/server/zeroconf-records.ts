import { isIPv4 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import type { Interfaces } from './network-watch.ts';

/** One service as the local network sees it. */
export interface AnnouncedService {
  /** Any text; what is beyond 63 bytes is left out. */
  readonly name: string;
  /** Above 1: others have the same names, and this is the service with that number. */
  readonly number?: number;
  /** Such as `_wyoming._tcp` */
  readonly type: string;
  readonly port: number;
  /** Name of this machine, without `.local`. */
  readonly host: string;
  /** IPv4 addresses at which the service is reached. */
  readonly addresses: readonly string[];
}

/**
 * A resource record of RFC 6762 and 6763 as multicast-dns takes it; lifetimes in seconds. `flush`: nobody else has one of this name,
 * so that it replaces what was known of it (section 10.2).
 */
export type DnsRecord = { readonly name: string; readonly ttl: number; readonly flush?: boolean } & (
  | { readonly type: 'PTR'; readonly data: string }
  | { readonly type: 'TXT'; readonly data: string }
  | { readonly type: 'A'; readonly data: string }
  | { readonly type: 'SRV'; readonly data: { readonly port: number; readonly target: string } }
);

const SERVICE_LIST = '_services._dns-sd._udp.local';
/** RFC 6762, section 10: 75 minutes, and 2 minutes for what names a host. */
const TTL_SECONDS = 4500;
const HOST_TTL_SECONDS = 120;
const LONGEST_LABEL_BYTES = 63;

/** All records of a service, the pointer to it first. */
export function serviceRecords(service: AnnouncedService): DnsRecord[] {
  const { name, number = 1, type, port, host, addresses } = service;
  const kind = `${type}.local`;
  // A dot inside a label can not be written in the names of multicast-dns.
  const instance = `${label(name.replaceAll('.', '-'), number > 1 ? ` (${number})` : '')}.${kind}`;
  const target = `${label(host, number > 1 ? `-${number}` : '')}.local`;
  const own = { ttl: HOST_TTL_SECONDS, flush: true };
  return [
    { name: kind, type: 'PTR', ttl: TTL_SECONDS, data: instance },
    { ...own, name: instance, type: 'SRV', data: { port, target } },
    { ...own, name: instance, type: 'TXT', ttl: TTL_SECONDS, data: '' },
    { name: SERVICE_LIST, type: 'PTR', ttl: TTL_SECONDS, data: kind },
    ...addresses.map((data) => ({ ...own, name: target, type: 'A', data }) as const),
  ];
}

/** The text with its end, short enough for a label. */
function label(text: string, end: string): string {
  let kept = text;
  while (Buffer.byteLength(kept + end) > LONGEST_LABEL_BYTES) kept = [...kept].slice(0, -1).join('');
  return kept + end;
}

/** Records for where nothing is to be replaced by them: probes, and answers to those that are no caches. */
export function withoutFlush(records: readonly DnsRecord[]): DnsRecord[] {
  return records.map(({ flush: _, ...record }) => record);
}

/**
 * Whether what somebody says of a name of ours is not so (RFC 6762, section 9).
 * @param addresses of this machine: another service on it may have the same host, and other of the addresses
 */
export function isConflict(
  theirs: DnsRecord,
  ours: readonly DnsRecord[],
  addresses: readonly string[],
): boolean {
  if (theirs.ttl === 0) return false; // it goes
  const known = ours.find(
    ({ name, type }) => type === theirs.type && name.toLowerCase() === theirs.name.toLowerCase(),
  );
  if (theirs.type === 'A') return known !== undefined && !addresses.includes(theirs.data);
  if (theirs.type !== 'SRV' || known?.type !== 'SRV') return false;
  const { port, target } = known.data;
  return port !== theirs.data.port || target.toLowerCase() !== theirs.data.target.toLowerCase();
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
  return machineAddresses(interfaces, ({ internal }) => !internal);
}

/** The IPv4 addresses of a machine. */
export function machineAddresses(
  interfaces: Interfaces,
  isMeant: (info: NetworkInterfaceInfo) => boolean = () => true,
): string[] {
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  return all.filter((info) => info.family === 'IPv4' && isMeant(info)).map(({ address }) => address);
}
