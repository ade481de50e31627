import type { CancelTimer, Clock } from '../clock.ts';

/** Pings without an answer after which the other side counts as gone. */
const MISSED_PINGS = 2;

export interface KeepAliveOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly ping: () => void;
  /** While the socket is paused, its answers can not be read: it is not blamed for them. */
  readonly isPaused: () => boolean;
  readonly onDead: () => void;
}

/** Finds out that the other side is gone although the network says nothing: a pulled cable, a sleeping phone. */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #cancel: CancelTimer | null = null;
  #missed = 0;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel ??= this.#options.clock.every(this.#options.intervalMs, () => this.#check());
  }

  /** The other side gave a sign of life. */
  heard(): void {
    this.#missed = 0;
  }

  /** Safe to call twice. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #check(): void {
    if (this.#options.isPaused()) {
      this.#missed = 0;
    } else if (this.#missed >= MISSED_PINGS) {
      this.stop();
      this.#options.onDead();
      return;
    } else {
      this.#missed++;
    }
    this.#options.ping();
  }
}
