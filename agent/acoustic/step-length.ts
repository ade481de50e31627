import type { BundleDescription } from './bundle-schema.ts';

/** Sound that one step of the model takes, in milliseconds. */
export function stepMsOf({ framesPerStep, frontend, sampleRate }: BundleDescription): number {
  return (framesPerStep * frontend.hop * 1000) / sampleRate;
}
