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
  /** Silence that is told as a pause while nothing was said in the segment, or since the last pause. */
  readonly quietMs: number;
  /** The same behind speech. */
  readonly pauseMs: number;
}

export type EndpointReason = Extract<FinalReason, 'endpoint' | 'max-length'>;

/** Of the length of a segment, its end: there a short silence is enough to end it, so that few words are cut in two. */
const LAST_SHARE = 1 / 4;
const MOST_LAST_MS = 5000;
/** Between two words, as a rule: within one, tokens are closer to each other. */
const WORD_GAP_MS = 240;

/** Steps of silence before and after something was said, of a segment at which a gap between words ends it, and of a whole one. */
interface StepRules {
  readonly quiet: number;
  readonly spoken: number;
  readonly last: number;
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
 * Of the third the last part is ours: a segment that grows too long ends between two words where it can.
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
  readonly #gapSteps: number;
  #silentSteps = 0;
  #steps = 0;
  #spoken = false;

  /** @param stepMs audio per step in milliseconds */
  constructor(options: EndpointOptions, stepMs: number, limits = UNLIMITED) {
    const inSteps = (ms: number) => Math.max(1, Math.ceil(ms / stepMs));
    const rulesOf = (quietMs: number, spokenMs: number, longestMs: number): StepRules => ({
      quiet: inSteps(quietMs),
      spoken: inSteps(spokenMs),
      last: inSteps(longestMs - Math.min(LAST_SHARE * longestMs, MOST_LAST_MS)),
      longest: inSteps(longestMs),
    });
    const { enabled, rule1SilenceMs, rule2SilenceMs, rule3UtteranceMs } = options;
    this.#enabled = enabled;
    this.#rules = {
      ends: rulesOf(rule1SilenceMs, Math.min(rule1SilenceMs, rule2SilenceMs), rule3UtteranceMs),
      pauses: rulesOf(limits.quietMs, limits.pauseMs, limits.longestMs),
    };
    this.#gapSteps = inSteps(WORD_GAP_MS);
  }

  /**
   * Counts one step.
   * @param trailingBlankSteps steps since the last token of the best hypothesis
   * @param spoken whether something was said in this segment; once true it stays true until `reset`
   * @returns why the segment ends with this step, `pause` where it goes on behind one, or null
   */
  accept(trailingBlankSteps: number, spoken: boolean): EndpointReason | 'pause' | null {
    const begins = spoken && !this.#spoken;
    this.#silentSteps = begins ? 0 : this.#silenceWith(trailingBlankSteps);
    this.#spoken ||= spoken;
    this.#steps += 1;
    if (this.#silentSteps >= this.#silenceLimit) {
      if (this.#enabled) return 'endpoint';
      // unless something is said, the next pause is one of silence, counted from here
      this.#silentSteps = this.#silenceLimit - this.#activeRules.quiet;
      return 'pause';
    }
    const { last, longest } = this.#activeRules;
    const isGap = this.#spoken && this.#silentSteps >= this.#gapSteps;
    return this.#steps >= (isGap ? last : longest) ? 'max-length' : null;
  }

  /** The least number of further steps after which the segment may end, or a pause be told: at least 1. */
  get stepsToEarliest(): number {
    const { spoken, last, longest } = this.#activeRules;
    // a word may come with the next step, from which on silence counts from zero
    const silentSteps = Math.max(this.#silentSteps, -1);
    const untilSilence = this.#silenceLimit - silentSteps;
    const afterFirstWord = this.#spoken ? Number.POSITIVE_INFINITY : spoken;
    const untilGap = this.#gapSteps - (this.#spoken ? silentSteps : 0);
    const untilLength = Math.min(longest - this.#steps, Math.max(last - this.#steps, untilGap));
    return Math.max(1, Math.min(untilSilence, afterFirstWord, untilLength));
  }

  /** Begins the next segment. @param enabled whether it may end by itself; as the one before unless given */
  reset(enabled = this.#enabled): void {
    this.#enabled = enabled;
    this.#silentSteps = 0;
    this.#steps = 0;
    this.#spoken = false;
  }

  /** Silence with one step more. Behind a pause that was told it counts from below zero, until something is said. */
  #silenceWith(trailingBlankSteps: number): number {
    const grown = this.#silentSteps + 1;
    const stepsSincePause = grown + this.#activeRules.quiet - this.#silenceLimit;
    const isSaid = trailingBlankSteps < stepsSincePause;
    return Math.min(isSaid ? Math.max(grown, 0) : grown, trailingBlankSteps);
  }

  get #activeRules(): StepRules {
    return this.#enabled ? this.#rules.ends : this.#rules.pauses;
  }

  get #silenceLimit(): number {
    const { quiet, spoken } = this.#activeRules;
    return this.#spoken ? spoken : quiet;
  }
}
