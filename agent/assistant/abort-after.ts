import type { Clock } from '../clock.ts';

/** A signal of its own that follows another one or fires after a time; `release` forgets both. */
export interface TimedSignal {
  readonly signal: AbortSignal;
  release(): void;
}

/** `AbortSignal.any` with `AbortSignal.timeout`, by our clock, and leaving nothing behind at a signal that lives for months. */
export function abortAfter(clock: Clock, timeoutMs: number, parent: AbortSignal): TimedSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const cancel = clock.after(timeoutMs, abort);
  parent.addEventListener('abort', abort, { once: true });
  if (parent.aborted) abort();
  return {
    signal: controller.signal,
    release() {
      cancel();
      parent.removeEventListener('abort', abort);
    },
  };
}

/** Resolves after `pauseMs`, or when the signal fires. */
export async function pauseUnlessAborted(clock: Clock, pauseMs: number, signal: AbortSignal): Promise<void> {
  const pause = abortAfter(clock, pauseMs, signal);
  await aborted(pause.signal);
  pause.release();
}

/** Resolves when the signal fires. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
