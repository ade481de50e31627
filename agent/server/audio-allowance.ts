import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import { networkOf } from './address-network.ts';
import { RateWindow } from './rate-window.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Networks remembered at once; beyond, the one that was heard longest ago is forgotten. */
const MAX_NETWORKS = 4096;

type Limits = Config['server']['limits'];

/** What was sent within the last minute and the last hour. */
interface Usage {
  readonly minute: RateWindow;
  readonly hour: RateWindow;
}

/** How much audio each address, and all together, may still send; the addresses of one IPv6 network count as one. */
export class AudioAllowance {
  readonly #limits: () => Limits;
  readonly #clock: Clock;
  readonly #all = createUsage();
  readonly #byNetwork = new Map<string, Usage>();

  constructor(limits: () => Limits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Notes audio that `address` has sent. */
  take(address: string, seconds: number): void {
    if (!hasLimit(this.#limits())) return;
    const now = this.#clock.now();
    for (const usage of [this.#all, this.#of(networkOf(address))]) {
      usage.minute.add(seconds, now);
      usage.hour.add(seconds, now);
    }
  }

  /** @throws {AgentError} `AUDIO_LIMIT` when `address` or all together have sent all they may */
  check(address: string): void {
    const limits = this.#limits();
    if (!hasLimit(limits)) return;
    const own = this.#byNetwork.get(networkOf(address));
    this.#checkWindow(own?.minute, 'addressAudioSecondsPerMinute');
    this.#checkWindow(own?.hour, 'addressAudioSecondsPerHour');
    this.#checkWindow(this.#all.minute, 'audioSecondsPerMinute');
    this.#checkWindow(this.#all.hour, 'audioSecondsPerHour');
  }

  #checkWindow(window: RateWindow | undefined, name: keyof Limits): void {
    const limit = this.#limits()[name];
    const now = this.#clock.now();
    if (limit === 0 || window === undefined || window.sum(now) < limit) return;
    const retryAfterSeconds = Math.max(1, Math.ceil(window.msUntilBelow(limit, now) / 1000));
    const message = `All ${limit} s of audio are used up (server.limits.${name}); go on in ${retryAfterSeconds} s.`;
    throw new AgentError('AUDIO_LIMIT', message, { fields: { retryAfterSeconds } });
  }

  #of(network: string): Usage {
    const usage = this.#byNetwork.get(network) ?? createUsage();
    this.#byNetwork.delete(network); // and to the end of the order
    this.#byNetwork.set(network, usage);
    const [oldest] = this.#byNetwork.keys();
    if (this.#byNetwork.size > MAX_NETWORKS && oldest !== undefined) this.#byNetwork.delete(oldest);
    return usage;
  }
}

function createUsage(): Usage {
  return { minute: new RateWindow(MINUTE_MS), hour: new RateWindow(HOUR_MS) };
}

function hasLimit(limits: Limits): boolean {
  return (
    limits.audioSecondsPerMinute > 0 ||
    limits.audioSecondsPerHour > 0 ||
    limits.addressAudioSecondsPerMinute > 0 ||
    limits.addressAudioSecondsPerHour > 0
  );
}
