import { AgentError } from '../errors.ts';
import type { BundleDescription, Precision } from './bundle-schema.ts';

export type ExecutionProvider = 'cuda' | 'dml' | 'cpu';

/** A provider that was tried and did not load, and the reason that ONNX Runtime gave. */
export interface ProviderRejection {
  readonly provider: ExecutionProvider;
  readonly reason: string;
}

export interface ProviderChoice<T> {
  readonly opened: T;
  readonly provider: ExecutionProvider;
  /** In the order they were tried. */
  readonly rejected: readonly ProviderRejection[];
}

/**
 * Opens with the first provider that loads. They are tried one at a time: given a list, ONNX Runtime's Node
 * binding does not fall back to the next one but throws.
 * @param strict fail when the first provider does not load
 * @throws AgentError PROVIDER_UNAVAILABLE listing every provider tried with its reason; an error of the bundle
 *   (any other `AgentError`) is passed on, because another provider would not mend it
 */
export async function openFirstProvider<T>(
  providers: readonly ExecutionProvider[],
  strict: boolean,
  open: (provider: ExecutionProvider) => Promise<T>,
): Promise<ProviderChoice<T>> {
  const rejected: ProviderRejection[] = [];
  for (const provider of providers) {
    try {
      return { opened: await open(provider), provider, rejected };
    } catch (error) {
      if (error instanceof AgentError) throw error;
      rejected.push({ provider, reason: error instanceof Error ? error.message : String(error) });
    }
    if (strict) break;
  }
  throw unavailable(rejected, strict);
}

function unavailable(rejected: readonly ProviderRejection[], strict: boolean): AgentError {
  const reasons = rejected.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  const advice = strict
    ? 'model.strict is on, so no other provider was tried.'
    : 'Add "cpu" to model.providers: it needs nothing installed.';
  return new AgentError(
    'PROVIDER_UNAVAILABLE',
    `No execution provider could be loaded (${reasons}). ${advice}`,
    {
      fields: { rejected },
    },
  );
}

/**
 * Which file of a bundle a provider runs. `auto`: on a CPU int8 is fastest; CUDA and DirectML have no int8
 * kernels and would hand every such node back to the CPU, so they get fp16. Without that file: fp32, and
 * without that, what there is.
 */
export function choosePrecision(
  wanted: Precision | 'auto',
  provider: ExecutionProvider,
  files: BundleDescription['files'],
): Precision {
  if (wanted !== 'auto') return wanted;
  const order: readonly Precision[] =
    provider === 'cpu' ? ['int8', 'fp32', 'fp16'] : ['fp16', 'fp32', 'int8'];
  return order.find((precision) => files[precision] !== undefined) ?? 'fp32';
}
