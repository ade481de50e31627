import { createWakeSearch, type DecoderOptions } from '../decoder/create-decoder.ts';
import type { DecoderResources } from '../decoder/decoder-resources.ts';
import type { WakeSpotter } from '../decoder/wake-spotter.ts';
import type { WakeCurve } from '../evaluation/wake-curve.ts';

/** How a phrase is listened for: as a stream of the agent would. */
export interface WakeSearchSetup {
  readonly resources: DecoderResources;
  readonly options: Omit<DecoderOptions, 'task'>;
}

/**
 * Listens for one phrase with every threshold at once, a spotter of the agent for each, over log-probs that are computed
 * once; counts in how many recordings of the phrase each has missed it, and its alarms in the background.
 */
export class WakeSweep {
  readonly #phrase: string;
  readonly #setup: WakeSearchSetup;
  readonly #thresholds: readonly number[];
  readonly #missed: Uint32Array;
  readonly #alarms: Uint32Array;
  #recordings = 0;
  #seconds = 0;

  /** @throws AgentError WAKE_PHRASE for a phrase that can not be listened for */
  constructor(phrase: string, thresholds: readonly number[], setup: WakeSearchSetup) {
    this.#phrase = phrase;
    const { sayings, spelling, ...others } = setup.resources.phrases;
    const known = { sayings: sayings(phrase), spelling: spelling(phrase) };
    // a spotter is made for each recording and threshold: what is the same for all is looked up once
    const phrases = { ...others, sayings: () => known.sayings, spelling: () => known.spelling };
    this.#setup = { ...setup, resources: { ...setup.resources, phrases } };
    this.#thresholds = thresholds;
    this.#missed = new Uint32Array(thresholds.length);
    this.#alarms = new Uint32Array(thresholds.length);
    this.#spotter(1);
  }

  /** Listens to a recording of its own. */
  listen(): WakeListener {
    return new WakeListener(this.#thresholds.map((threshold) => this.#spotter(threshold)));
  }

  /** The phrase is said in it. */
  countSaid({ detections }: WakeListener): void {
    this.#recordings += 1;
    for (const [i, count] of detections.entries()) if (count === 0) this.#missed[i]! += 1;
  }

  /** The phrase is not said in it. */
  countBackground({ detections }: WakeListener, seconds: number): void {
    this.#seconds += seconds;
    for (const [i, count] of detections.entries()) this.#alarms[i]! += count;
  }

  curve(): WakeCurve {
    const hasSaid = this.#recordings > 0;
    const hasBackground = this.#seconds > 0;
    const points = this.#thresholds.map((threshold, i) => ({
      threshold,
      missed: hasSaid ? this.#missed[i]! : null,
      falseAlarms: hasBackground ? this.#alarms[i]! : null,
    }));
    return { recordings: this.#recordings, hours: this.#seconds / 3600, points };
  }

  #spotter(threshold: number): WakeSpotter {
    const { resources, options } = this.#setup;
    const phrases = [{ text: this.#phrase, threshold }];
    return createWakeSearch(resources, { type: 'wake', phrases, listenFor: null }, options).spotter.decoder;
  }
}

/** How often each threshold has heard the phrase in one recording. */
export class WakeListener {
  readonly detections: Uint32Array;
  readonly #spotters: readonly WakeSpotter[];

  constructor(spotters: readonly WakeSpotter[]) {
    this.#spotters = spotters;
    this.detections = new Uint32Array(spotters.length);
  }

  accept(logProbs: Float32Array, offset: number): void {
    for (const [i, spotter] of this.#spotters.entries()) {
      spotter.accept(logProbs, 1, offset);
      if (spotter.take() !== null) this.detections[i]! += 1;
    }
  }
}
