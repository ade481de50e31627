import { Worker } from 'node:worker_threads';
import type { WorkerSetup } from './worker-protocol.ts';

/** Node 20 does not hand the loader of tsx on to worker threads, so from source the worker loads it itself. */
const FROM_SOURCE = `
  const { entry, loader } = require('node:worker_threads').workerData;
  import(loader).then(({ register }) => { register(); return import(entry); });
`;

/** Starts the thread of an engine worker: `engine-worker.js` when compiled, `engine-worker.ts` from source. */
export function startEngineWorker(setup: WorkerSetup): Worker {
  const name = 'earshot-engine';
  if (import.meta.url.endsWith('.js')) {
    return new Worker(new URL('./engine-worker.js', import.meta.url), { workerData: setup, name });
  }
  const entry = import.meta.resolve('./engine-worker.ts');
  const loader = import.meta.resolve('tsx/esm/api');
  return new Worker(FROM_SOURCE, { eval: true, execArgv: [], workerData: { ...setup, entry, loader }, name });
}
