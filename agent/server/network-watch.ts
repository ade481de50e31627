import type { NetworkInterfaceInfo } from 'node:os';
import type { CancelTimer, Clock } from '../clock.ts';

/** The network interfaces of a machine, as `node:os` lists those that are up. */
export type Interfaces = NodeJS.Dict<readonly NetworkInterfaceInfo[]>;

export interface NetworkWatchOptions {
  readonly clock: Clock;
  readonly interfaces: () => Interfaces;
  /** The network is another than before, or the machine has slept and others may have forgotten it. */
  readonly onChange: () => void;
}

const LOOK_MS = 5000;

/** Looks from time to time whether the machine is still in the network in which it was. */
export class NetworkWatch {
  readonly #options: NetworkWatchOptions;
  readonly #cancelTimer: CancelTimer;
  #lastState: string;
  #lastLookMs: number;

  constructor(options: NetworkWatchOptions) {
    const { clock, interfaces } = options;
    this.#options = options;
    this.#lastState = stateOf(interfaces());
    this.#lastLookMs = clock.uptime();
    this.#cancelTimer = clock.every(LOOK_MS, () => this.#look());
  }

  /** Safe to call twice. */
  stop(): void {
    this.#cancelTimer();
  }

  #look(): void {
    const { clock, interfaces, onChange } = this.#options;
    const state = stateOf(interfaces());
    const hasSlept = clock.uptime() - this.#lastLookMs > 2 * LOOK_MS;
    const hasChanged = state !== this.#lastState;
    this.#lastState = state;
    this.#lastLookMs = clock.uptime();
    if (hasChanged || hasSlept) onChange();
  }
}

/**
 * All addresses of those with IPv4. One that was made anew under its old address differs in its hardware address, or in the
 * scope of an IPv6 address, which is its number.
 */
function stateOf(interfaces: Interfaces): string {
  const lists = Object.values(interfaces).filter((list) => list?.some(({ family }) => family === 'IPv4'));
  return JSON.stringify(lists);
}
