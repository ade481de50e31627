import { distribution } from '../../agent/evaluation/quantile.ts';

const BATCHES = 201;
/** In a batch: few enough that the young generation holds what they might allocate. */
const CALLS = 16;

/** Bytes on the heap that a call of `work` leaves behind: the median, because a collection makes single values useless. */
export function allocatedBytes(work: () => void): number {
  const batches = Array.from({ length: BATCHES }, () => {
    const before = process.memoryUsage().heapUsed;
    for (let call = 0; call < CALLS; call++) work();
    return (process.memoryUsage().heapUsed - before) / CALLS;
  });
  return distribution(batches)!.p50;
}
