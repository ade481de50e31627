import type { CancelTimer, Clock } from '../clock.ts';

/**
 * Calls `onIdle` once when `touch` was not called for `timeoutMs`. Touching only notes the time, so that it costs
 * nothing in a stream of small messages; the one timer moves itself on when it comes too early.
 */
export class IdleTimer {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onIdle: () => void;
  #cancel: CancelTimer | null = null;
  #touchedAt = 0;

  constructor(clock: Clock, timeoutMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onIdle = onIdle;
  }

  start(): void {
    this.touch();
    this.#arm(this.#timeoutMs);
  }

  touch(): void {
    this.#touchedAt = this.#clock.now();
  }

  /** Safe to call twice. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #arm(delayMs: number): void {
    this.stop();
    this.#cancel = this.#clock.after(delayMs, () => {
      const leftMs = this.#touchedAt + this.#timeoutMs - this.#clock.now();
      if (leftMs > 0) this.#arm(leftMs);
      else this.#onIdle();
    });
  }
}
