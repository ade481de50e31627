import type { RunReport } from './worker-protocol.ts';

/** Counts over the life of an engine, all workers and streams together. */
export class EngineTotals {
  audioSeconds = 0;
  busySeconds = 0;
  overrunSeconds = 0;
  workerRestarts = 0;
  /** `[n]`: runs with n streams. */
  readonly batchSizes: number[];
  readonly #stepSeconds: number;

  constructor(stepSeconds: number, maxBatch: number) {
    this.#stepSeconds = stepSeconds;
    this.batchSizes = new Array(maxBatch + 1).fill(0);
  }

  addRun({ steps, busyMs, batch }: RunReport): void {
    this.audioSeconds += steps * batch * this.#stepSeconds;
    this.busySeconds += busyMs / 1000;
    this.batchSizes[batch] = (this.batchSizes[batch] ?? 0) + 1;
  }
}
