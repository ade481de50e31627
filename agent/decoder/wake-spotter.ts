import type { Decoder, Hypothesis } from './decoder.ts';
import { argmax, logistic } from './log-math.ts';
import { APART_STEPS, PhraseEvidence, type PhraseHeads } from './phrase-evidence.ts';
import type { SpokenPhrase, WakeDetection } from './wake-phrase.ts';

export interface WakeSpotterOptions {
  /** Steps after a phrase in which none is heard. */
  readonly refractorySteps: number;
  /** Steps of silence that make a pause. Whoever calls a device pauses first. */
  readonly pauseSteps: number;
  /** Natural log that a phrase costs which begins without a pause before it. */
  readonly midSpeechPenalty: number;
  /** Share of the spelling in the log-probability of a phrase, 0 to 1; the rest is what it sounds like. */
  readonly spellingWeight: number;
  /**
   * Confidence is the logistic function of `confidenceOffset` + `confidenceScale` · log-probability of the phrase per
   * token.
   */
  readonly confidenceOffset: number;
  readonly confidenceScale: number;
}

interface ListenedPhrase extends Pick<SpokenPhrase, 'text' | 'threshold'> {
  readonly evidence: PhraseEvidence;
  /** Highest confidence so far. */
  peak: number;
}

/** A phrase over its threshold that may still come to sound better. */
interface Candidate {
  readonly phrase: string;
  readonly confidence: number;
  /** At which it came to that confidence. */
  readonly step: number;
  /** At which its last sound was heard. */
  readonly end: number;
}

const NOTHING: Hypothesis = { words: [], confidence: 0, score: 0 };
/** A phrase counts when it has not sounded better for so many steps: its last token is then over. */
const SETTLE_STEPS = 4;
const MOST_SETTLE_STEPS = 16;
/** Steps a detection may look back at most, so that who gives the audio knows how much to keep. */
export const MOST_BACK_STEPS = MOST_SETTLE_STEPS + APART_STEPS;
/** Letters are heard up to so many steps after the sounds: a spelling may begin as after a pause for so long. */
const LATE_STEPS = 10;

/**
 * Listens for phrases and for nothing else: as a decoder it never has a hypothesis. What it heard is asked for with
 * `take`. Costs two additions a sound and letter of each phrase and step; takes its memory once.
 */
export class WakeSpotter implements Decoder {
  /** Never: there are no words. */
  readonly revision = 0;
  readonly #phrases: readonly ListenedPhrase[];
  readonly #options: WakeSpotterOptions;
  readonly #heads: PhraseHeads;
  readonly #rowLength: number;
  #candidate: Candidate | null = null;
  /** Where the candidate was first over its threshold. */
  #since = 0;
  #detection: WakeDetection | null = null;
  #step = 0;
  #deafUntil = 0;
  #blanks = 0;
  /** Steps of silence before this one. */
  #pause = Number.POSITIVE_INFINITY;
  /** Steps since the last one that had a pause before it. */
  #sincePause = 0;

  constructor(phrases: readonly SpokenPhrase[], heads: PhraseHeads, options: WakeSpotterOptions) {
    this.#heads = heads;
    this.#rowLength = heads.sounds.size + (heads.letters?.size ?? 0);
    this.#options = options;
    this.#phrases = phrases.map((phrase) => ({
      ...{ text: phrase.text, threshold: phrase.threshold },
      evidence: new PhraseEvidence(phrase, heads, options.spellingWeight),
      peak: 0,
    }));
  }

  accept(logProbs: Float32Array, steps: number, offset = 0): void {
    for (let i = 0; i < steps; i += 1) this.#accept(logProbs, offset + i * this.#rowLength);
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
    for (const { evidence } of this.#phrases) evidence.clear();
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
    const { blank, size } = this.#heads.sounds;
    const { pauseSteps, midSpeechPenalty } = this.#options;
    this.#sincePause = this.#pause >= pauseSteps ? 0 : this.#sincePause + 1;
    const soundEntry = this.#sincePause === 0 ? 0 : -midSpeechPenalty;
    const letterEntry = this.#sincePause <= LATE_STEPS ? 0 : -midSpeechPenalty;
    const isSilent = argmax(logProbs, row, size) === blank;
    this.#blanks = isSilent ? this.#blanks + 1 : 0;
    this.#pause = isSilent ? this.#pause + 1 : 0;
    for (const phrase of this.#phrases) {
      phrase.evidence.accept(logProbs, row, soundEntry, letterEntry);
      const confidence = this.#confidence(phrase.evidence.score);
      if (confidence > phrase.peak) phrase.peak = confidence;
      this.#consider(phrase, confidence);
    }
    this.#settle();
    this.#step += 1;
  }

  #consider({ text, threshold, evidence }: ListenedPhrase, confidence: number): void {
    if (confidence === 0 || confidence < threshold || this.#step < this.#deafUntil) return;
    if (this.#candidate === null) this.#since = this.#step;
    else if (confidence <= this.#candidate.confidence) return;
    const step = this.#step;
    this.#candidate = { phrase: text, confidence, step, end: step - evidence.age };
  }

  #settle(): void {
    if (this.#candidate === null) return;
    const { phrase, confidence, step, end } = this.#candidate;
    const isSettled = this.#step - step >= SETTLE_STEPS;
    if (!isSettled && this.#step - this.#since < MOST_SETTLE_STEPS) return;
    this.restart();
    this.#pause = 0;
    this.#detection = { phrase, confidence, stepsSince: this.#step - end };
    this.#deafUntil = end + this.#options.refractorySteps;
  }

  #confidence(score: number): number {
    const { confidenceOffset, confidenceScale } = this.#options;
    return logistic(confidenceOffset + confidenceScale * score);
  }
}
