import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';

export interface OverloadPolicyOptions {
  readonly config: Pick<Config['server'], 'overload'>;
  readonly clock: Clock;
  /** Age of the oldest audio that waits for the engine; 0 while it loads. */
  readonly queueAgeMs: () => number;
}

/** Looking at the age goes over all streams: it is not done more often than this. */
const LOOK_EVERY_MS = 50;

/**
 * What is given up when audio comes faster than this machine computes it, in this order: new sessions, then most
 * partials, never a final. The longer audio waits, the rarer are partials: one in the time that it waits.
 */
export class OverloadPolicy {
  readonly #options: OverloadPolicyOptions;
  #ageMs = 0;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: OverloadPolicyOptions) {
    this.#options = options;
  }

  /** Whether new sessions are refused now. */
  get isOverloaded(): boolean {
    const { queueAgeMs: limitMs } = this.#options.config.overload;
    return limitMs !== 0 && this.#age() > limitMs;
  }

  /**
   * Who is there keeps getting finals in time only if nobody is added to a queue that already grows.
   * @throws {AgentError} `OVERLOADED`
   */
  checkAdmission(): void {
    if (!this.isOverloaded) return;
    const { queueAgeMs: limitMs } = this.#options.config.overload;
    const what = `Audio waits for ${Math.round(this.#age())} ms (server.overload.queueAgeMs: ${limitMs})`;
    throw new AgentError('OVERLOADED', `${what}; come back later, or ask another machine.`);
  }

  /** For one stream: a function that says of each partial whether it is sent. */
  partialFilter(): () => boolean {
    let sentMs = Number.NEGATIVE_INFINITY;
    return () => {
      const { partialsQueueAgeMs: limitMs } = this.#options.config.overload;
      const now = this.#options.clock.now();
      const ageMs = this.#age();
      if (limitMs !== 0 && ageMs > limitMs && now - sentMs < ageMs) return false;
      sentMs = now;
      return true;
    };
  }

  #age(): number {
    const now = this.#options.clock.now();
    if (now - this.#lookedMs >= LOOK_EVERY_MS) {
      this.#lookedMs = now;
      this.#ageMs = this.#options.queueAgeMs();
    }
    return this.#ageMs;
  }
}
