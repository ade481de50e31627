import { createDecoder, createWakeSearch, type HeadDecoder } from '../decoder/create-decoder.ts';
import type { DecoderResources } from '../decoder/decoder-resources.ts';
import type { CompiledTexts } from '../decoder/settings-texts.ts';
import { type DecoderSettings, decoderOptionsOf } from './decoder-options.ts';
import { WakeCycle } from './wake-cycle.ts';

/** What a stream looks for: words at once, or a phrase first. */
export type Listening = { readonly search: HeadDecoder; readonly wake: null } | { readonly wake: WakeCycle };

export interface ListeningSettings {
  /** The configuration's section `decoder`. */
  readonly decoder: DecoderSettings;
  /** What `settingsTextsOf` the section `decoder`, where somebody has compiled it already. */
  readonly compiled?: CompiledTexts | undefined;
}

/** @param stepMs milliseconds of a step of the model */
export function createListening(
  resources: DecoderResources,
  { decoder, compiled }: ListeningSettings,
  stepMs: number,
): Listening {
  const { task } = decoder;
  const options = { ...decoderOptionsOf(decoder, stepMs), compiled };
  if (task.type !== 'wake') return { search: createDecoder(resources, { ...options, task }), wake: null };
  const { listenMs } = task;
  const listenSteps = listenMs === undefined ? Number.POSITIVE_INFINITY : Math.ceil(listenMs / stepMs);
  return { wake: new WakeCycle(createWakeSearch(resources, task, options), listenSteps) };
}

/** The search that hears the next step. */
export function searchOf(listening: Listening): HeadDecoder {
  return listening.wake === null ? listening.search : listening.wake.search;
}
