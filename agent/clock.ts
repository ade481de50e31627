import { uptime } from 'node:os';

/** Stops a timer; calling it again does nothing. */
export type CancelTimer = () => void;

/** Time, handed in so that tests decide how it passes. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Monotonic milliseconds that pass also while the machine sleeps, on Linux in steps of 10. */
  uptime(): number;
  /** Calls `callback` once after `delayMs`. The timer does not keep the process alive. */
  after(delayMs: number, callback: () => void): CancelTimer;
  /** Calls `callback` every `intervalMs`. The timer does not keep the process alive. */
  every(intervalMs: number, callback: () => void): CancelTimer;
}

/** Node takes a longer timer for one of 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Only there the clock of `performance.now` stands still while the machine sleeps. */
const STOPS_ASLEEP = process.platform === 'linux';

/** The clock of the machine. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  uptime: () => (STOPS_ASLEEP ? uptime() * 1000 : performance.now()),
  after(delayMs, callback) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const isLast = leftMs <= LONGEST_TIMER_MS;
      timer = setTimeout(
        () => (isLast ? callback() : wait(leftMs - LONGEST_TIMER_MS)),
        Math.min(leftMs, LONGEST_TIMER_MS),
      );
      timer.unref();
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
  every(intervalMs, callback) {
    const timer = setInterval(callback, Math.min(intervalMs, LONGEST_TIMER_MS));
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Resolves or rejects as `task` does, and resolves after `longestMs` at the latest. */
export async function atMost(
  clock: Clock,
  longestMs: number,
  task: Promise<unknown> | undefined,
): Promise<void> {
  let cancel: CancelTimer = () => {};
  const timeUp = new Promise<void>((resolve) => {
    cancel = clock.after(longestMs, resolve);
  });
  await Promise.race([task, timeUp]).finally(() => cancel());
}
