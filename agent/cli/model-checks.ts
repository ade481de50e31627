import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { loadBundle, verifyModelFile } from '../acoustic/bundle.ts';
import type { Precision } from '../acoustic/bundle-schema.ts';
import { startProgram } from '../capture/program.ts';
import type { Config } from '../config.ts';
import { toAgentError } from '../errors.ts';
import { resolvePackagePath } from '../package-info.ts';
import { describeBundleData } from './bundle-data.ts';
import { type Check, failed, notOk, ok } from './doctor-check.ts';
import { loadEngine } from './load-engine.ts';

type Provider = Config['model']['providers'][number];

/** What a probe found: which file of the model the provider runs, or why it runs none. */
export type ProbeResult = { readonly precision: string } | { readonly reason: string };

const PROVIDERS: readonly Provider[] = ['cuda', 'dml', 'cpu'];
const PROBE_TIMEOUT_MS = 60_000;
const MENDS: Readonly<Record<Provider, string>> = {
  cpu: 'npm ci',
  cuda: 'install CUDA 12 with cuDNN 9 and run npm rebuild onnxruntime-node; on a Jetson set model.runtimeDir',
  dml: 'DirectML is part of Windows 10 and later only',
};

export async function checkModel({ model }: Config): Promise<Check> {
  const path = resolvePackagePath(model.path);
  try {
    const bundle = await loadBundle(path);
    const precisions = Object.keys(bundle.description.files) as Precision[];
    for (const precision of precisions) await verifyModelFile(bundle, precision);
    for (const { error } of describeBundleData(bundle)) if (error !== null) throw error;
    const { name, version } = bundle.description;
    return ok('model', `${name} ${version}, ${precisions.join(' and ')} verified (${path})`);
  } catch (error) {
    const folder = /[^\w./-]/.test(path) ? JSON.stringify(path) : path;
    return failed('model', error, `earshot models verify ${folder}`);
  }
}

/**
 * Loads the model with each provider, each in a process of its own, since a broken driver can take the process
 * with it. A provider that is not configured may fail; of the configured ones the first must load when
 * `model.strict` is on, and else at least one.
 */
export async function checkProviders({ model }: Config): Promise<Check[]> {
  const results = new Map<Provider, ProbeResult>();
  for (const provider of PROVIDERS) results.set(provider, await probeInChild(provider));
  const loads = (provider: Provider) => 'precision' in results.get(provider)!;
  const anyLoads = model.strict ? loads(model.providers[0]!) : model.providers.some(loads);
  return PROVIDERS.map((provider) => {
    const result = results.get(provider)!;
    const name = `provider ${provider}`;
    const configured = model.providers.includes(provider);
    if ('precision' in result)
      return ok(name, `runs ${result.precision}${configured ? '' : ', not configured'}`);
    if (!configured) return { name, status: 'unused', detail: `would not load: ${result.reason}` };
    return notOk(name, { needed: !anyLoads, detail: result.reason, mend: MENDS[provider] });
  });
}

/** Runs in the child: loads the model with this provider alone. */
export async function probeProvider(provider: Provider, config: Config): Promise<ProbeResult> {
  // With the CPU to fall back to, the engine tells why the provider did not load.
  const model = { ...config.model, providers: [...new Set<Provider>([provider, 'cpu'])], strict: false };
  try {
    const engine = await loadEngine({ ...config, model }, { workers: 1 });
    const { precision, rejectedProviders } = engine.stats();
    await engine.close();
    const [rejected] = rejectedProviders;
    return rejected === undefined ? { precision } : { reason: rejected.reason };
  } catch (error) {
    return { reason: toAgentError(error).message };
  }
}

/** This very command line again, with `--probe`. */
async function probeInChild(provider: Provider): Promise<ProbeResult> {
  const args = [...process.execArgv, ...process.argv.slice(1), '--probe', provider];
  try {
    return await resultOf(
      await startProgram(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: PROBE_TIMEOUT_MS,
        killSignal: 'SIGKILL', // a driver that hangs hears no other
      }),
    );
  } catch (error) {
    return { reason: `it was not tried, no process could be started: ${toAgentError(error).message}` };
  }
}

async function resultOf(child: ChildProcess): Promise<ProbeResult> {
  const exit = once(child, 'close');
  let output = '';
  for await (const chunk of child.stdout!.setEncoding('utf8')) output += String(chunk);
  const [code, signal] = await exit;
  try {
    return JSON.parse(output) as ProbeResult;
  } catch {
    if (child.killed) return { reason: `loading it took longer than ${PROBE_TIMEOUT_MS / 1000} s` };
    const how = signal === null ? `code ${code}` : String(signal);
    return { reason: `loading it ended the process (${how})` };
  }
}
