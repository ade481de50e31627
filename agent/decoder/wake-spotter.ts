import type { Decoder, Hypothesis } from './decoder.ts';
import { argmax, logistic } from './log-math.ts';
import { PhrasePath } from './phrase-path.ts';
import type { SpokenPhrase, WakeDetection } from './wake-phrase.ts';

export interface WakeSpotterOptions {
  /** Steps after a phrase in which none is heard. */
  readonly refractorySteps: number;
  /** Steps of silence that make a pause. Whoever calls a device pauses first. */
  readonly pauseSteps: number;
  /** Natural log that a phrase costs which begins without a pause before it. */
  readonly midSpeechPenalty: number;
  /**
   * Confidence is the logistic function of `confidenceOffset` + `confidenceScale` · log-probability of the phrase per
   * token.
   */
  readonly confidenceOffset: number;
  readonly confidenceScale: number;
}

interface ListenedPhrase extends SpokenPhrase {
  readonly paths: readonly PhrasePath[];
  /** Highest confidence so far. */
  peak: number;
}

/** A phrase over its threshold that may still come to sound better. */
interface Candidate {
  readonly phrase: string;
  readonly confidence: number;
  readonly step: number;
}

const NOTHING: Hypothesis = { words: [], confidence: 0, score: 0 };
/** A phrase counts when it has not sounded better for so many steps: its last token is then over. */
const SETTLE_STEPS = 4;
/** Steps a detection may look back at most, so that who gives the audio knows how much to keep. */
export const MOST_SETTLE_STEPS = 16;

/**
 * Listens for phrases and for nothing else: as a decoder it never has a hypothesis. What it heard is asked for with
 * `take`. Costs two additions a sound of each phrase and step; takes its memory once.
 */
export class WakeSpotter implements Decoder {
  /** Never: there are no words. */
  readonly revision = 0;
  readonly #phrases: readonly ListenedPhrase[];
  readonly #options: WakeSpotterOptions;
  readonly #tokens: { readonly blank: number; readonly size: number };
  #candidate: Candidate | null = null;
  /** Where the candidate was first over its threshold. */
  #since = 0;
  #detection: WakeDetection | null = null;
  #step = 0;
  #deafUntil = 0;
  #blanks = 0;
  /** Steps of silence before this one. */
  #pause = Number.POSITIVE_INFINITY;

  constructor(
    phrases: readonly SpokenPhrase[],
    tokens: { readonly blank: number; readonly size: number },
    options: WakeSpotterOptions,
  ) {
    this.#tokens = tokens;
    this.#options = options;
    this.#phrases = phrases.map((phrase) => ({
      ...phrase,
      paths: phrase.sayings.map((saying) => new PhrasePath(saying, tokens.blank)),
      peak: 0,
    }));
  }

  accept(logProbs: Float32Array, steps: number, offset = 0): void {
    for (let i = 0; i < steps; i += 1) this.#accept(logProbs, offset + i * this.#tokens.size);
  }

  /** The phrase that the last step has made certain, once; null: none. */
  take(): WakeDetection | null {
    const detection = this.#detection;
    this.#detection = null;
    return detection;
  }

  /** The highest confidence that each phrase has had since the beginning, told or not, in the order of the phrases. */
  peaks(): number[] {
    return this.#phrases.map(({ peak }) => peak);
  }

  /** Begins anew; a phrase of which a part was heard is lost. The refractory time goes on. */
  restart(): void {
    for (const { paths } of this.#phrases) for (const path of paths) path.clear();
    this.#candidate = null;
    this.#detection = null;
    this.#pause = Number.POSITIVE_INFINITY;
  }

  best(): Hypothesis {
    return NOTHING;
  }

  nBest(): readonly Hypothesis[] {
    return [];
  }

  stableWords(): number {
    return 0;
  }

  trailingBlankSteps(): number {
    return this.#blanks;
  }

  end(): void {}

  /** What was heard of a phrase stays: the segments of a stream without words end where the model begins anew. */
  reset(): void {
    this.#blanks = 0;
  }

  #accept(logProbs: Float32Array, row: number): void {
    const { blank, size } = this.#tokens;
    const { pauseSteps, midSpeechPenalty } = this.#options;
    const entry = this.#pause >= pauseSteps ? 0 : -midSpeechPenalty;
    const isSilent = argmax(logProbs, row, size) === blank;
    this.#blanks = isSilent ? this.#blanks + 1 : 0;
    this.#pause = isSilent ? this.#pause + 1 : 0;
    for (const phrase of this.#phrases) {
      let score = Number.NEGATIVE_INFINITY;
      for (const path of phrase.paths) score = Math.max(score, path.accept(logProbs, row, entry));
      const confidence = this.#confidence(score);
      if (confidence > phrase.peak) phrase.peak = confidence;
      this.#consider(phrase, confidence);
    }
    this.#settle();
    this.#step += 1;
  }

  #consider({ text, threshold }: ListenedPhrase, confidence: number): void {
    if (confidence === 0 || confidence < threshold || this.#step < this.#deafUntil) return;
    if (this.#candidate === null) this.#since = this.#step;
    else if (confidence < this.#candidate.confidence) return;
    this.#candidate = { phrase: text, confidence, step: this.#step };
  }

  #settle(): void {
    if (this.#candidate === null) return;
    const { phrase, confidence, step } = this.#candidate;
    const isSettled = this.#step - step >= SETTLE_STEPS;
    if (!isSettled && this.#step - this.#since < MOST_SETTLE_STEPS) return;
    this.restart();
    this.#pause = 0;
    this.#detection = { phrase, confidence, stepsSince: this.#step - step };
    this.#deafUntil = step + this.#options.refractorySteps;
  }

  #confidence(score: number): number {
    const { confidenceOffset, confidenceScale } = this.#options;
    return logistic(confidenceOffset + confidenceScale * score);
  }
}
