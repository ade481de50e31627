import type { FinalReason } from '../transcript/transcript-event.ts';

/** Durations in milliseconds of audio; rounded up to whole steps, at least one. */
export interface EndpointOptions {
  readonly enabled: boolean;
  /** Silence that ends a segment whether or not something was said. */
  readonly rule1SilenceMs: number;
  /** Silence that ends a segment in which something was said. */
  readonly rule2SilenceMs: number;
  /** Longest segment. */
  readonly rule3UtteranceMs: number;
}

/** Durations as those of the options, for segments that do not end by themselves (`enabled` false). */
export interface SegmentLimits {
  /** Longest segment. */
  readonly longestMs: number;
  /** Silence that is told as a pause while nothing was said in the segment, and after as much again as the next. */
  readonly quietMs: number;
  /** The same once something was said. */
  readonly pauseMs: number;
}

export type EndpointReason = Extract<FinalReason, 'endpoint' | 'max-length'>;

/** Steps of silence before and after something was said, and of a whole segment. */
interface StepRules {
  readonly quiet: number;
  readonly spoken: number;
  readonly longest: number;
}

const UNLIMITED: SegmentLimits = {
  longestMs: Number.POSITIVE_INFINITY,
  quietMs: Number.POSITIVE_INFINITY,
  pauseMs: Number.POSITIVE_INFINITY,
};

/**
 * Decides when a segment ends, by the rules of Kaldi's `online2/online-endpoint.h` as sherpa-onnx reduced them
 * to three. Time is counted in decoded steps, never by a clock, so that the answer depends on the audio alone.
 *
 * Silence is the number of steps since a token was last seen at the end of the best hypothesis. It grows by at
 * most one a step, also when the search changes its mind to a hypothesis whose last token is long ago, and it
 * starts again when the first word appears. `stepsToEarliest` rests on that: it tells how far a caller may
 * compute ahead without running past an endpoint.
 */
export class Endpointer {
  #enabled: boolean;
  /** Where segments end by themselves, and where they do not. */
  readonly #rules: { readonly ends: StepRules; readonly pauses: StepRules };
  #silentSteps = 0;
  #steps = 0;
  #spoken = false;

  /** @param stepMs audio per step in milliseconds */
  constructor(options: EndpointOptions, stepMs: number, limits = UNLIMITED) {
    const inSteps = (ms: number) => Math.max(1, Math.ceil(ms / stepMs));
    this.#enabled = options.enabled;
    const rule1 = inSteps(options.rule1SilenceMs);
    const rule2 = inSteps(options.rule2SilenceMs);
    this.#rules = {
      ends: { quiet: rule1, spoken: Math.min(rule1, rule2), longest: inSteps(options.rule3UtteranceMs) },
      pauses: {
        quiet: inSteps(limits.quietMs),
        spoken: inSteps(limits.pauseMs),
        longest: inSteps(limits.longestMs),
      },
    };
  }

  /**
   * Counts one step.
   * @param trailingBlankSteps steps since the last token of the best hypothesis
   * @param spoken whether something was said in this segment; once true it stays true until `reset`
   * @returns why the segment ends with this step, `pause` where it goes on behind one, or null
   */
  accept(trailingBlankSteps: number, spoken: boolean): EndpointReason | 'pause' | null {
    const begins = spoken && !this.#spoken;
    this.#silentSteps = begins ? 0 : Math.min(this.#silentSteps + 1, trailingBlankSteps);
    this.#spoken ||= spoken;
    this.#steps += 1;
    if (this.#silentSteps < this.#silenceLimit)
      return this.#steps < this.#activeRules.longest ? null : 'max-length';
    if (this.#enabled) return 'endpoint';
    this.#silentSteps = 0;
    return 'pause';
  }

  /** The least number of further steps after which the segment may end, or a pause be told: at least 1. */
  get stepsToEarliest(): number {
    const { longest, spoken } = this.#activeRules;
    const untilSilence = this.#silenceLimit - this.#silentSteps;
    const afterFirstWord = this.#spoken ? Number.POSITIVE_INFINITY : spoken;
    return Math.max(1, Math.min(untilSilence, longest - this.#steps, afterFirstWord));
  }

  /** Begins the next segment. @param enabled whether it may end by itself; as the one before unless given */
  reset(enabled = this.#enabled): void {
    this.#enabled = enabled;
    this.#silentSteps = 0;
    this.#steps = 0;
    this.#spoken = false;
  }

  get #activeRules(): StepRules {
    return this.#enabled ? this.#rules.ends : this.#rules.pauses;
  }

  get #silenceLimit(): number {
    const { quiet, spoken } = this.#activeRules;
    return this.#spoken ? spoken : quiet;
  }
}
