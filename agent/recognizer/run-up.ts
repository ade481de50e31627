import type { SegmentLimits } from '../endpoint/endpointer.ts';

/**
 * Of segments that do not end by themselves. Each changed word is looked at with all words of its segment; and a model that
 * heard one sentence and then silence misses much of the next, so that it begins anew in pauses. In silence that lasts it does so
 * again and again: the longer it has heard nothing else, the more it misses.
 */
export const SEGMENT_LIMITS: SegmentLimits = { quietMs: 2400, pauseMs: 1200, longestMs: 600_000 };

/**
 * Steps that a model hears once more where it begins anew: behind a segment, and in a pause. One that begins where somebody goes on
 * speaking mishears the first words: it has not heard the room, nor how the word begins.
 */
export const RUN_UP_STEPS = { endpoint: 10, pause: 20 } as const;

/** So many steps must be kept for it. */
export const MOST_RUN_UP_STEPS = Math.max(...Object.values(RUN_UP_STEPS));
