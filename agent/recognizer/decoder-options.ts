import type { DecoderOptions } from '../decoder/create-decoder.ts';
import type { TranscriptOptions } from '../transcript/transcript-builder.ts';

/** The configuration's section `decoder`, with what else a search depends on; times in milliseconds. */
export type DecoderSettings = Omit<DecoderOptions, 'stableAfterSteps' | 'certainAfterSteps' | 'wake'> &
  Pick<TranscriptOptions, 'alternatives'> & {
    readonly stableAfterMs: number;
    readonly certainAfterMs: number;
    readonly wake: Omit<DecoderOptions['wake'], 'refractorySteps' | 'pauseSteps'> & {
      readonly refractoryMs: number;
      readonly pauseMs: number;
    };
  };

/** The same for a model of which a step takes `stepMs`: times in steps. */
export function decoderOptionsOf(settings: DecoderSettings, stepMs: number): DecoderOptions {
  const { alternatives, stableAfterMs, stableCertainty, certainAfterMs, wake } = settings;
  // settling a word drops the hypotheses without it, which are the alternatives
  const settles = alternatives === 0;
  const steps = (milliseconds: number) => Math.ceil(milliseconds / stepMs);
  return {
    ...settings,
    stableAfterSteps: settles ? steps(stableAfterMs) : Number.POSITIVE_INFINITY,
    stableCertainty: settles ? stableCertainty : 1,
    certainAfterSteps: steps(certainAfterMs),
    wake: { ...wake, refractorySteps: steps(wake.refractoryMs), pauseSteps: steps(wake.pauseMs) },
  };
}
