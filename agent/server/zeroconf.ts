import { networkInterfaces } from 'node:os';
import type { Options as MdnsOptions, MulticastDNS, QueryPacket, ResponsePacket } from 'multicast-dns';
import type { CancelTimer, Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { type Interfaces, NetworkWatch } from './network-watch.ts';
import { NameProbe } from './zeroconf-probe.ts';
import {
  answersTo,
  type DnsRecord,
  isConflict,
  machineAddresses,
  reachableAddresses,
  serviceRecords,
  withoutFlush,
} from './zeroconf-records.ts';

export interface ZeroconfOptions {
  /** Where the service listens: the announcement goes out there, or everywhere. */
  readonly host: string;
  readonly port: number;
  /** Such as `_wyoming._tcp` */
  readonly type: string;
  /** Names this machine for good. */
  readonly machine: string;
  /** Empty: that of the machine. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Tests hand in their own network. */
  readonly interfaces?: () => Interfaces;
  readonly createMdns?: CreateMdns;
}

type CreateMdns = (options: MdnsOptions) => MulticastDNS;

const MULTICAST_PORT = 5353;
/** RFC 6762, section 8.3: an announcement is sent twice, a second apart. */
const REPEAT_MS = 1000;
/** Before another name is tried: somebody who contradicts every name is not to fill the network. */
const CONFLICT_MS = 1000;

/**
 * Makes a service findable on the local network by multicast DNS, as Home Assistant looks for it. Where others have its names, as a
 * second daemon on the same machine or one on a copy of its disk has, it gets a number.
 */
export class Zeroconf {
  readonly #options: ZeroconfOptions;
  readonly #interfaces: () => Interfaces;
  readonly #createMdns: CreateMdns;
  readonly #watch: NetworkWatch;
  readonly #probe: NameProbe;
  #mdns: MulticastDNS;
  /** Of several services that would have the same names. */
  #number = 1;
  /** Whether the names are ours, and we answer for them. */
  #isAnnounced = false;
  #cancelRepeat: CancelTimer | null = null;

  private constructor(options: ZeroconfOptions, createMdns: CreateMdns) {
    const { clock, interfaces = networkInterfaces } = options;
    this.#options = options;
    this.#interfaces = interfaces;
    this.#createMdns = createMdns;
    this.#watch = new NetworkWatch({ clock, interfaces, onChange: () => this.#rejoin() });
    this.#probe = new NameProbe({ clock, ask: () => this.#ask(), onFree: () => this.#tell() });
    this.#mdns = this.#join();
  }

  /** Starts to announce; what hinders it is logged, because the service works without. */
  static async announce(options: ZeroconfOptions): Promise<Zeroconf> {
    const createMdns = options.createMdns ?? (await import('multicast-dns')).default;
    return new Zeroconf(options, createMdns);
  }

  /** Tells everybody that the service is gone. Safe to call twice. */
  async stop(): Promise<void> {
    this.#watch.stop();
    this.#probe.stop();
    this.#cancelRepeat?.();
    const answers = this.#isAnnounced ? this.#records().map((record) => ({ ...record, ttl: 0 })) : [];
    this.#isAnnounced = false;
    if (answers.length > 0)
      await new Promise<void>((resolve) => this.#mdns.respond({ answers }, () => resolve()));
    await new Promise<void>((resolve) => this.#mdns.destroy(() => resolve()));
  }

  #join(): MulticastDNS {
    const { host, log } = this.#options;
    const [address] = reachableAddresses(host, {});
    // Bound to one address it would get no multicast on Linux: bound to all, it joins the group there only.
    const mdns = this.#createMdns(address === undefined ? {} : { interface: address, bind: '0.0.0.0' });
    const onFault = (error: Error) => log.warn({ reason: error.message }, 'the service can not be announced');
    mdns.on('error', onFault);
    mdns.on('warning', (error) => log.debug({ reason: error.message }, 'multicast DNS'));
    mdns.on('query', (query, from) => this.#answer(query, from));
    mdns.on('response', (response) => this.#compare(response));
    mdns.on('networkInterface', () => this.#probe.start());
    return mdns;
  }

  /** The place in the group is gone with its interface, and multicast-dns takes one with the same address for the same. */
  #rejoin(): void {
    this.#isAnnounced = false;
    this.#mdns.destroy();
    this.#mdns = this.#join();
  }

  /** Addresses come and go: the records are those of now. */
  #records(): DnsRecord[] {
    const { host, port, type, machine, name } = this.#options;
    return serviceRecords({
      name: name === '' ? machine : name,
      number: this.#number,
      type,
      port,
      host: `earshot-${machine}`,
      addresses: reachableAddresses(host, this.#interfaces()),
    });
  }

  /** Names what we want to have, for others that want it too. */
  #ask(): void {
    const authorities = withoutFlush(this.#records().filter(({ flush }) => flush === true));
    const questions = new Map(authorities.map(({ name, type }) => [type, { name, type }])).values();
    this.#mdns.query({ questions: [...questions], authorities });
  }

  /** Looks whether somebody else answers for our names; what we said ourselves comes back too. */
  #compare({ answers, additionals }: ResponsePacket): void {
    const ours = this.#records();
    const addresses = machineAddresses(this.#interfaces());
    const theirs = [...(answers ?? []), ...(additionals ?? [])] as DnsRecord[];
    if (!theirs.some((record) => isConflict(record, ours, addresses))) return;
    this.#isAnnounced = false;
    this.#cancelRepeat?.();
    this.#number += 1;
    this.#options.log.info(
      { number: this.#number },
      'somebody else on the network has our name: it gets a number',
    );
    this.#probe.start(CONFLICT_MS);
  }

  #tell(): void {
    this.#isAnnounced = true;
    this.#mdns.respond({ answers: this.#records() });
    this.#cancelRepeat?.();
    this.#cancelRepeat = this.#options.clock.after(REPEAT_MS, () => {
      this.#mdns.respond({ answers: this.#records() });
    });
  }

  /** A question from another port than that of multicast DNS is answered where it came from. */
  #answer(query: QueryPacket, from: { readonly address: string; readonly port: number }): void {
    if (!this.#isAnnounced) return;
    const isLegacy = from.port !== MULTICAST_PORT;
    const records = isLegacy ? withoutFlush(this.#records()) : this.#records();
    const answers = (query.questions ?? []).flatMap((question) => answersTo(records, question));
    if (answers.length === 0) return;
    const additionals = records.filter((record) => !answers.includes(record));
    const response = {
      answers,
      additionals,
      ...(isLegacy ? { id: query.id, questions: query.questions } : {}),
    };
    if (isLegacy) this.#mdns.respond(response, from);
    else this.#mdns.respond(response);
  }
}
