import { hostname, networkInterfaces } from 'node:os';
import type { MulticastDNS, QueryPacket } from 'multicast-dns';
import type { CancelTimer, Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import {
  answersTo,
  type DnsRecord,
  machineName,
  reachableAddresses,
  serviceRecords,
} from './zeroconf-records.ts';

export interface ZeroconfOptions {
  /** Where the service listens: the announcement goes out there, or everywhere. */
  readonly host: string;
  readonly port: number;
  /** Such as `_wyoming._tcp` */
  readonly type: string;
  /** Empty: the hardware address of this machine. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const MULTICAST_PORT = 5353;
/** RFC 6762, section 8.3: an announcement is sent twice, a second apart. */
const REPEAT_MS = 1000;

/** Makes a service findable on the local network by multicast DNS, as Home Assistant looks for it. */
export class Zeroconf {
  readonly #mdns: MulticastDNS;
  readonly #options: ZeroconfOptions;
  #cancelRepeat: CancelTimer | null = null;

  private constructor(mdns: MulticastDNS, options: ZeroconfOptions) {
    this.#mdns = mdns;
    this.#options = options;
  }

  /** Starts to announce; what hinders it is logged, because the service works without. */
  static async announce(options: ZeroconfOptions): Promise<Zeroconf> {
    const { default: createMdns } = await import('multicast-dns');
    const { host, log } = options;
    const [address] = reachableAddresses(host, {});
    // Bound to one address it would get no multicast on Linux: bound to all, it joins the group there only.
    const mdns = createMdns(address === undefined ? {} : { interface: address, bind: '0.0.0.0' });
    const zeroconf = new Zeroconf(mdns, options);
    const onFault = (error: Error) => log.warn({ reason: error.message }, 'the service can not be announced');
    mdns.on('error', onFault);
    mdns.on('warning', (error) => log.debug({ reason: error.message }, 'multicast DNS'));
    mdns.on('query', (query, from) => zeroconf.#answer(query, from));
    mdns.on('networkInterface', () => zeroconf.#tell());
    return zeroconf;
  }

  /** Tells everybody that the service is gone. Safe to call twice. */
  async stop(): Promise<void> {
    this.#cancelRepeat?.();
    const answers = this.#records().map((record) => ({ ...record, ttl: 0 }));
    await new Promise<void>((resolve) => this.#mdns.respond({ answers }, () => resolve()));
    await new Promise<void>((resolve) => this.#mdns.destroy(() => resolve()));
  }

  /** Addresses come and go: the records are those of now. */
  #records(): DnsRecord[] {
    const { host, port, type, name } = this.#options;
    const machine = machineName(networkInterfaces(), hostname());
    return serviceRecords({
      name: name === '' ? machine : name,
      type,
      port,
      host: `earshot-${machine}`,
      addresses: reachableAddresses(host, networkInterfaces()),
    });
  }

  #tell(): void {
    this.#mdns.respond({ answers: this.#records() });
    this.#cancelRepeat?.();
    this.#cancelRepeat = this.#options.clock.after(REPEAT_MS, () => {
      this.#mdns.respond({ answers: this.#records() });
    });
  }

  /** A question from another port than that of multicast DNS is answered where it came from. */
  #answer(query: QueryPacket, from: { readonly address: string; readonly port: number }): void {
    const records = this.#records();
    const answers = (query.questions ?? []).flatMap((question) => answersTo(records, question));
    if (answers.length === 0) return;
    const additionals = records.filter((record) => !answers.includes(record));
    const isLegacy = from.port !== MULTICAST_PORT;
    const response = {
      answers,
      additionals,
      ...(isLegacy ? { id: query.id, questions: query.questions } : {}),
    };
    if (isLegacy) this.#mdns.respond(response, from);
    else this.#mdns.respond(response);
  }
}
