import type { CancelTimer, Clock } from '../clock.ts';

/** At most this often. */
const INTERVAL_MS = 200;
/** At least this often: so much silence means that the network is gone, not that the server is busy or reads nothing. */
const SIGN_OF_LIFE_MS = 3000;

/** Decides when a client is told what has arrived: soon after something came, not too often, and now and then. */
export class Acknowledger {
  readonly #clock: Clock;
  readonly #acknowledge: () => void;
  #cancel: CancelTimer | null = null;
  #cancelSigns: CancelTimer | null = null;

  constructor(clock: Clock, acknowledge: () => void) {
    this.#clock = clock;
    this.#acknowledge = acknowledge;
  }

  /** Begins with the signs of life. */
  start(): void {
    this.#cancelSigns ??= this.#clock.every(SIGN_OF_LIFE_MS, this.#acknowledge);
  }

  /** Something came. */
  received(): void {
    this.#cancel ??= this.#clock.after(INTERVAL_MS, () => this.flush());
  }

  /** Acknowledges now what has not been acknowledged. */
  flush(): void {
    if (this.#cancel === null) return;
    this.#cancel();
    this.#cancel = null;
    this.#acknowledge();
  }

  /** Safe to call twice. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#cancelSigns?.();
    this.#cancelSigns = null;
  }
}
