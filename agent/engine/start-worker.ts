import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { Bundle } from '../acoustic/bundle.ts';
import { disableRuntimeTelemetry } from '../acoustic/runtime-telemetry.ts';
import type { CompileSetup, WorkerSetup } from './worker-protocol.ts';

/** Node 20 does not hand the loader of tsx on to worker threads, so from source the worker loads it itself. */
const FROM_SOURCE = `
  const { entry, loader } = require('node:worker_threads').workerData;
  import(loader).then(({ register }) => { register(); return import(entry); });
`;

/** Starts the thread of an engine worker. */
export function startEngineWorker(setup: WorkerSetup): Worker {
  disableRuntimeTelemetry();
  return startThread('engine-worker', { ...setup });
}

/** Starts the thread that builds the lexicon tree of a bundle. */
export function startTreeWorker(bundle: Bundle): Worker {
  return startThread('lexicon-tree-worker', { bundle });
}

/** Largest heap of the thread that compiles texts of settings: what the limits of grammars let through takes two thirds at most (half a
 * million brackets in YAML). */
export const COMPILE_HEAP_MB = 512;

/** Starts the thread that compiles texts of settings. */
export function startCompileWorker(setup: CompileSetup): Worker {
  const { bundle, pronunciations } = setup;
  const resourceLimits = { maxOldGenerationSizeMb: COMPILE_HEAP_MB };
  return startThread('compile-worker', { bundle, pronunciations }, { resourceLimits });
}

/** `<module>.js` of this folder when compiled, `<module>.ts` from source. */
function startThread(module: string, workerData: object, options: WorkerOptions = {}): Worker {
  const name = `earshot-${module}`;
  if (import.meta.url.endsWith('.js')) {
    return new Worker(new URL(`./${module}.js`, import.meta.url), { ...options, workerData, name });
  }
  const entry = import.meta.resolve(`./${module}.ts`);
  const loader = import.meta.resolve('tsx/esm/api');
  return new Worker(FROM_SOURCE, {
    ...options,
    eval: true,
    execArgv: [],
    workerData: { ...workerData, entry, loader },
    name,
  });
}
