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

export type EndpointReason = Extract<FinalReason, 'endpoint' | 'max-length'>;

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
  readonly #rule1Steps: number;
  readonly #rule2Steps: number;
  readonly #rule3Steps: number;
  readonly #longestSteps: number;
  #silentSteps = 0;
  #steps = 0;
  #spoken = false;

  /**
   * @param stepMs audio per step in milliseconds
   * @param longestMs a segment ends after so much audio even where it does not end by itself
   */
  constructor(options: EndpointOptions, stepMs: number, longestMs = Number.POSITIVE_INFINITY) {
    const inSteps = (ms: number) => Math.max(1, Math.ceil(ms / stepMs));
    this.#enabled = options.enabled;
    this.#rule1Steps = inSteps(options.rule1SilenceMs);
    this.#rule2Steps = inSteps(options.rule2SilenceMs);
    this.#rule3Steps = inSteps(options.rule3UtteranceMs);
    this.#longestSteps = inSteps(longestMs);
  }

  /**
   * Counts one step.
   * @param trailingBlankSteps steps since the last token of the best hypothesis
   * @param spoken whether something was said in this segment; once true it stays true until `reset`
   * @returns why the segment ends with this step, or null
   */
  accept(trailingBlankSteps: number, spoken: boolean): EndpointReason | null {
    const begins = spoken && !this.#spoken;
    this.#silentSteps = begins ? 0 : Math.min(this.#silentSteps + 1, trailingBlankSteps);
    this.#spoken ||= spoken;
    this.#steps += 1;
    if (!this.#enabled) return this.#steps >= this.#longestSteps ? 'max-length' : null;
    if (this.#silentSteps >= this.#silenceLimit()) return 'endpoint';
    return this.#steps >= this.#rule3Steps ? 'max-length' : null;
  }

  /** The least number of further steps after which the segment may end: at least 1. */
  get stepsToEarliest(): number {
    if (!this.#enabled) return Math.max(1, this.#longestSteps - this.#steps);
    const untilSilence = this.#silenceLimit() - this.#silentSteps;
    const untilLength = this.#rule3Steps - this.#steps;
    const afterFirstWord = this.#spoken ? Number.POSITIVE_INFINITY : this.#rule2Steps;
    return Math.max(1, Math.min(untilSilence, untilLength, afterFirstWord));
  }

  /** Begins the next segment. @param enabled whether it may end by itself; as the one before unless given */
  reset(enabled = this.#enabled): void {
    this.#enabled = enabled;
    this.#silentSteps = 0;
    this.#steps = 0;
    this.#spoken = false;
  }

  #silenceLimit(): number {
    return this.#spoken ? Math.min(this.#rule1Steps, this.#rule2Steps) : this.#rule1Steps;
  }
}
