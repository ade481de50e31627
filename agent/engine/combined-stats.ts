import type { EngineStats } from './speech-engine.ts';

/** What two engines come to together; what only one can be (model, provider) is that of `current`. */
export function combineStats(current: EngineStats, other: EngineStats): EngineStats {
  const longer = Math.max(current.batchSizes.length, other.batchSizes.length);
  return {
    ...current,
    streams: current.streams + other.streams,
    workers: current.workers + other.workers,
    audioSeconds: current.audioSeconds + other.audioSeconds,
    busySeconds: current.busySeconds + other.busySeconds,
    batchSizes: Array.from(
      { length: longer },
      (_, size) => (current.batchSizes[size] ?? 0) + (other.batchSizes[size] ?? 0),
    ),
    grammarsWaiting: current.grammarsWaiting + other.grammarsWaiting,
    queuedMs: current.queuedMs + other.queuedMs,
    oldestQueuedMs: Math.max(current.oldestQueuedMs, other.oldestQueuedMs),
    overrunSeconds: current.overrunSeconds + other.overrunSeconds,
    workerRestarts: current.workerRestarts + other.workerRestarts,
  };
}

/** What is left of an engine that is closed: its counts, which must never fall. */
export function countsOnly(stats: EngineStats): EngineStats {
  return { ...stats, streams: 0, workers: 0, grammarsWaiting: 0, queuedMs: 0, oldestQueuedMs: 0 };
}
