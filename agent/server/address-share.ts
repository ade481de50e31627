import type { Socket } from 'node:net';
import type { Config } from '../config.ts';
import { AddressCounts } from './address-counts.ts';
import { addressOf } from './loopback.ts';

/** Sessions that one address may have. */
export function placesPerAddress({
  maxClients,
  limits,
}: Pick<Config['server'], 'maxClients' | 'limits'>): number {
  return Math.min(maxClients, limits.clientsPerAddress);
}

/** The connections that are open at a port, by address: one address alone must not take all that there may be. */
export class AddressShare {
  /** Asked for each connection: a reload may change it. */
  readonly #limit: () => number;
  readonly #open = new AddressCounts();

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /** Counts a connection until it closes. False when its address has its share already: then it is dropped. */
  take(socket: Socket): boolean {
    const address = addressOf(socket);
    if (this.#open.of(address) >= this.#limit()) {
      socket.destroy();
      return false;
    }
    this.#open.add(address);
    socket.once('close', () => this.#open.remove(address));
    return true;
  }
}
