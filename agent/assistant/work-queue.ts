import { atMost, type Clock } from '../clock.ts';

/** How a delivery ended; `dropped` and `expired` were not begun, or given up, because something newer matters more. */
export type DeliveryOutcome = 'done' | 'failed' | 'timeout' | 'dropped' | 'expired';

export interface WorkLimits {
  /** Deliveries at once. */
  readonly concurrency: number;
  /** Deliveries waiting; one more drops the oldest. */
  readonly queueLimit: number;
  /**
   * Nobody wants a lamp to switch minutes later: what is older than this is not delivered any more. The time that the machine
   * sleeps counts, and is taken from its uptime, because a wall clock that is set would keep or drop what it should not.
   */
  readonly maxAgeMs: number;
}

/** Time to end for a delivery that was aborted; nothing that hangs in it may hold up the end of the daemon. */
const ABORT_MS = 2000;

/** What a delivery under way must heed. */
export interface WorkContext {
  /** Aborted when the daemon stops. */
  readonly signal: AbortSignal;
  /** By the clock's `uptime`: afterwards nothing is to be tried again. */
  readonly deadlineMs: number;
}

export interface WorkQueueOptions<Item> extends WorkLimits {
  readonly clock: Clock;
  /** Never rejects. */
  readonly run: (item: Item, context: WorkContext) => Promise<DeliveryOutcome>;
  readonly onOutcome: (outcome: DeliveryOutcome) => void;
}

/** Deliveries in the order in which they came, a few at once, none kept for long, the daemon never held up by them. */
export class WorkQueue<Item> {
  readonly #options: WorkQueueOptions<Item>;
  readonly #abort = new AbortController();
  readonly #waiting: { readonly item: Item; readonly deadlineMs: number }[] = [];
  #running = 0;
  #closed = false;
  #onIdle: (() => void) | null = null;

  constructor(options: WorkQueueOptions<Item>) {
    this.#options = options;
  }

  /** Deliveries waiting and under way. */
  get length(): number {
    return this.#waiting.length + this.#running;
  }

  push(item: Item): void {
    if (this.#closed) return;
    const { clock, maxAgeMs, queueLimit, onOutcome } = this.#options;
    this.#waiting.push({ item, deadlineMs: clock.uptime() + maxAgeMs });
    this.#startSome();
    if (this.#waiting.length <= queueLimit) return;
    this.#waiting.shift();
    onOutcome('dropped');
  }

  /** Takes nothing more; what is there has `graceMs` to be delivered. Bounded in time; safe to call twice. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    const { clock } = this.#options;
    const idle = this.#idle();
    await atMost(clock, graceMs, idle);
    this.#abort.abort();
    await atMost(clock, ABORT_MS, idle);
  }

  async #idle(): Promise<void> {
    if (this.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #startSome(): void {
    const { clock, concurrency, onOutcome } = this.#options;
    while (this.#running < concurrency) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (this.#abort.signal.aborted) onOutcome('dropped');
      else if (clock.uptime() > next.deadlineMs) onOutcome('expired');
      else void this.#start(next.item, next.deadlineMs);
    }
    if (this.length === 0) this.#onIdle?.();
  }

  async #start(item: Item, deadlineMs: number): Promise<void> {
    this.#running++;
    const outcome = await this.#options.run(item, { signal: this.#abort.signal, deadlineMs });
    this.#running--;
    this.#options.onOutcome(outcome);
    this.#startSome();
  }
}
