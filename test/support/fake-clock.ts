import type { CancelTimer, Clock } from '../../agent/clock.ts';

interface FakeTimer {
  due: number;
  readonly intervalMs: number | null;
  readonly callback: () => void;
}

/** A clock that stands still until `advance` moves it; timers fire in the order in which they are due. */
export class FakeClock implements Clock {
  #now = 0;
  #sleptMs = 0;
  readonly #timers = new Set<FakeTimer>();

  now(): number {
    return this.#now;
  }

  uptime(): number {
    return this.#now + this.#sleptMs;
  }

  after(delayMs: number, callback: () => void): CancelTimer {
    return this.#add({ due: this.#now + delayMs, intervalMs: null, callback });
  }

  every(intervalMs: number, callback: () => void): CancelTimer {
    return this.#add({ due: this.#now + intervalMs, intervalMs, callback });
  }

  /** Timers that have not fired and are not cancelled: a test of `stop()` expects 0. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#nextDue(end); timer !== null; timer = this.#nextDue(end)) {
      this.#now = timer.due;
      if (timer.intervalMs === null) this.#timers.delete(timer);
      else timer.due += timer.intervalMs;
      timer.callback();
    }
    this.#now = end;
  }

  /** The machine sleeps: nothing happens meanwhile, and timers are due later by as much. */
  sleep(ms: number): void {
    this.#sleptMs += ms;
  }

  #add(timer: FakeTimer): CancelTimer {
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  #nextDue(end: number): FakeTimer | null {
    let next: FakeTimer | null = null;
    for (const timer of this.#timers) {
      if (timer.due <= end && (next === null || timer.due < next.due)) next = timer;
    }
    return next;
  }
}
