import type { CancelTimer, Clock } from '../clock.ts';

/** At most this often. */
const INTERVAL_MS = 200;

/** Decides when a client is told what has arrived: soon after something came, not too often, and never else. */
export class Acknowledger {
  readonly #clock: Clock;
  readonly #acknowledge: () => void;
  #cancel: CancelTimer | null = null;

  constructor(clock: Clock, acknowledge: () => void) {
    this.#clock = clock;
    this.#acknowledge = acknowledge;
  }

  /** Something came. */
  received(): void {
    this.#cancel ??= this.#clock.after(INTERVAL_MS, () => this.flush());
  }

  /** Acknowledges now what has not been acknowledged. */
  flush(): void {
    if (this.#cancel === null) return;
    this.stop();
    this.#acknowledge();
  }

  /** Safe to call twice. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
