/** A phrase that wakes a stream. */
export interface WakePhrase {
  /** As people write it: one word or some, in the language of the model. */
  readonly text: string;
  /** Least confidence at which it counts as said, 0 to 1; the configuration's unless given. */
  readonly threshold?: number;
}

/** A phrase as the spotter listens for it. */
export interface SpokenPhrase {
  readonly text: string;
  /** 0 to 1 */
  readonly threshold: number;
  /** Ways to say it, in tokens of the model; each has at least one. */
  readonly sayings: readonly (readonly number[])[];
  /** How it is spelled, in tokens of the head that spells; null: it has no spelling, or that head is the one of the sayings. */
  readonly spelling: readonly number[] | null;
}

/** A wake phrase that was heard. */
export interface WakeDetection {
  readonly phrase: string;
  /** 0 to 1 */
  readonly confidence: number;
  /** Steps that were taken after the last one of the phrase. */
  readonly stepsSince: number;
}
