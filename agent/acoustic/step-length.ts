import type { BundleDescription } from './bundle-schema.ts';

/** Sound that one step of the model takes, in milliseconds. */
export function stepMsOf({ framesPerStep, frontend, sampleRate }: BundleDescription): number {
  return (framesPerStep * frontend.hop * 1000) / sampleRate;
}

/**
 * Steps after a step that its result rests on: the row of a step comes so many steps later, and the first rows of a
 * stream say nothing.
 */
export function lookAheadStepsOf({ framesPerStep, lookaheadFrames }: BundleDescription): number {
  return lookaheadFrames / framesPerStep;
}
