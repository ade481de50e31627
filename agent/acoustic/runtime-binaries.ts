import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AgentError } from '../errors.ts';

/** Where onnxruntime-node keeps the binding of this machine, relative to its own folder or to `runtimeDir`. */
const BINDING = join('bin', 'napi-v6', process.platform, process.arch, 'onnxruntime_binding.node');

/**
 * Makes onnxruntime-node, when it is required next in this thread, use the binding under `runtimeDir` instead
 * of its own. The package requires one fixed path and has no setting for it, so the other binding is put into
 * the module cache under that path: documented behaviour of `require.cache`, limited to this one module. The
 * binding finds its `libonnxruntime` beside itself.
 *
 * The binaries must be of the same ONNX Runtime version as the package. One process can use one set of
 * binaries: the system's loader keeps the first `libonnxruntime` it loaded.
 *
 * @param require the function that will load onnxruntime-node
 * @throws AgentError CONFIG_INVALID when the folder holds no binding for this machine, PROVIDER_UNAVAILABLE
 *   when the binding does not load
 */
export function useRuntimeBinaries(require: NodeJS.Require, runtimeDir: string): void {
  const wanted = resolve(runtimeDir, BINDING);
  if (!existsSync(wanted)) {
    throw new AgentError(
      'CONFIG_INVALID',
      `model.runtimeDir is ${runtimeDir}, but ${wanted} does not exist. Give the folder that contains ${BINDING}.`,
    );
  }
  const bundled = join(dirname(require.resolve('onnxruntime-node/package.json')), BINDING);
  try {
    require(wanted);
  } catch (cause) {
    throw doesNotLoad(wanted, cause);
  }
  require.cache[bundled] = require.cache[wanted];
}

function doesNotLoad(path: string, cause: unknown): AgentError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AgentError('PROVIDER_UNAVAILABLE', `${path} (model.runtimeDir) does not load: ${reason}`, {
    cause,
  });
}

/** The ONNX Runtime libraries that this process has really loaded, as paths; empty before the first session. */
export function loadedRuntimeLibraries(): readonly string[] {
  const report = process.report?.getReport() as unknown as { sharedObjects?: readonly string[] } | undefined;
  return (report?.sharedObjects ?? []).filter((path) => /onnxruntime/i.test(path));
}

/**
 * ONNX Runtime only says that it "failed to load shared library"; whether the library of the CUDA provider was
 * there at all is what a person needs to know first.
 */
export function explainCudaFailure(reason: string): string {
  const binding = loadedRuntimeLibraries().find((path) => path.endsWith('.node'));
  if (binding === undefined) return reason;
  const library = join(dirname(binding), 'libonnxruntime_providers_cuda.so');
  return existsSync(library)
    ? `${reason} (${library} is there; CUDA or cuDNN of the version it needs may be missing)`
    : `${reason} (${library} does not exist: the CUDA libraries of ONNX Runtime are not installed)`;
}
