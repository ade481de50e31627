import { BackOff, type BackOffOptions } from './back-off.ts';

/**
 * The time without a connection, and the pauses between the attempts to get one. A greeting does not end it, for a server
 * may greet and fail each time: only work that is done does.
 */
export class Outage {
  readonly #backOff: BackOff;
  #beganAt: number | null = null;
  /** Until the greeting that came last. */
  #earlierMs = 0;

  constructor(backOff: BackOffOptions | undefined) {
    this.#backOff = new BackOff(backOff);
  }

  /** Milliseconds without a connection since the server last did its work. */
  get lostMs(): number {
    return this.#earlierMs + (this.#beganAt === null ? 0 : performance.now() - this.#beganAt);
  }

  /** The connection is lost, or could not be had. Returns the milliseconds to wait before the next attempt. */
  nextPauseMs(): number {
    this.#beganAt ??= performance.now();
    return this.#backOff.next();
  }

  /** There is a connection again. */
  greeted(): void {
    this.#earlierMs = this.lostMs;
    this.#beganAt = null;
  }

  /** The server does its work: the next loss is a new one. */
  end(): void {
    this.#earlierMs = 0;
    this.#backOff.reset();
  }
}
