import { BackOff, type BackOffOptions } from './back-off.ts';

/** A connection that held for so long was one, whatever the server did or did not say of the audio. */
const STEADY_MS = 10_000;

/**
 * The time without a connection, and the pauses between the attempts to get one. A greeting does not end it, for a server
 * may greet and fail each time: only work that is done does.
 */
export class Outage {
  readonly #backOff: BackOff;
  #beganAt: number | null = null;
  #greetedAt = Number.POSITIVE_INFINITY;
  /** Until the greeting that came last. */
  #earlierMs = 0;

  constructor(backOff: BackOffOptions | undefined) {
    this.#backOff = new BackOff(backOff);
  }

  /** Milliseconds without a connection since the server last did its work. */
  get lostMs(): number {
    return this.#earlierMs + (this.#beganAt === null ? 0 : performance.now() - this.#beganAt);
  }

  /** The connection is lost. */
  lost(): void {
    if (performance.now() - this.#greetedAt >= STEADY_MS) this.end();
    this.#greetedAt = Number.POSITIVE_INFINITY;
    this.#beganAt ??= performance.now();
  }

  /** Milliseconds to wait before the next attempt to have a connection. */
  nextPauseMs(): number {
    this.#beganAt ??= performance.now();
    return this.#backOff.next();
  }

  /** There is a connection again. */
  greeted(): void {
    this.#earlierMs = this.lostMs;
    this.#beganAt = null;
    this.#greetedAt = performance.now();
  }

  /** The server does its work: the next loss is a new one. */
  end(): void {
    this.#earlierMs = 0;
    this.#backOff.reset();
  }
}
