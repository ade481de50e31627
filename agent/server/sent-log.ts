import type { Frame } from './protocols/protocol.ts';

/**
 * The messages of a session that its client has not acknowledged, numbered from 1 in the order of sending. Bounded in
 * bytes: over the limit the oldest are forgotten, and a client that still needs them can not be served any more.
 */
export class SentLog {
  readonly #limitBytes: number;
  #frames: Frame[] = [];
  #bytes = 0;
  /** Number of the newest message that is gone from the log, acknowledged or not. */
  #before = 0;
  #acknowledged = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Number of the newest message. */
  get last(): number {
    return this.#before + this.#frames.length;
  }

  /** Whether the client has acknowledged everything. */
  get isSettled(): boolean {
    return this.#acknowledged === this.last;
  }

  /** Whether an unacknowledged message had to be forgotten. */
  get hasLost(): boolean {
    return this.#before > this.#acknowledged;
  }

  push(frame: Frame): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
    while (this.#bytes > this.#limitBytes) this.#forgetOldest();
  }

  /** The client has everything up to this number; numbers that were never sent count as the last. */
  acknowledge(number: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(number, this.last));
    while (this.#before < this.#acknowledged) this.#forgetOldest();
  }

  /** Everything that was not acknowledged. */
  unacknowledged(): readonly Frame[] {
    return this.#frames;
  }

  #forgetOldest(): void {
    this.#bytes -= this.#frames.shift()?.length ?? 0;
    this.#before++;
  }
}
