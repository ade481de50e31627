import type { HeadDecoder, WakeSearch } from '../decoder/create-decoder.ts';
import type { WakeDetection } from '../decoder/wake-phrase.ts';
import { MOST_BACK_STEPS } from '../decoder/wake-spotter.ts';

/** Steps in one run while a phrase is waited for: what follows it in the run must be computed anew. */
const MOST_WAITING_STEPS = 32;
/** How far back the audio behind a phrase may begin. */
export const WAKE_REACH_STEPS = MOST_WAITING_STEPS + MOST_BACK_STEPS;

/** Where a stream with a wake phrase is: it waits for the phrase, or listens to what follows it. */
export class WakeCycle {
  readonly #search: WakeSearch;
  readonly #listenSteps: number;
  #listens = false;
  #listened = 0;
  /** A final has come since the phrase. */
  #answered = false;

  /** @param listenSteps how long to listen after a phrase; Infinity: for one utterance */
  constructor(search: WakeSearch, listenSteps: number) {
    this.#search = search;
    this.#listenSteps = listenSteps;
  }

  /** The search for what is listened for now, and its head. */
  get search(): HeadDecoder {
    return this.#listens ? this.#search.following! : this.#search.spotter;
  }

  get listens(): boolean {
    return this.#listens;
  }

  /** What ends now must have a final: none came since the phrase. */
  get isAwaited(): boolean {
    return this.#listens && !this.#answered;
  }

  /** Steps that may be computed in one run. */
  get mostSteps(): number {
    return this.#listens ? this.#listenSteps - this.#listened : MOST_WAITING_STEPS;
  }

  /** Looks for a phrase after a step of waiting. */
  take(): WakeDetection | null {
    const detection = this.#listens ? null : this.#search.spotter.decoder.take();
    if (detection !== null && this.#search.following !== null) this.#beginToListen();
    return detection;
  }

  /** Counts a step of listening. Returns whether the time is over. */
  count(): boolean {
    if (!this.#listens) return false;
    this.#listened += 1;
    return this.#listened >= this.#listenSteps;
  }

  /** A segment has ended. */
  segmentEnded(): void {
    if (!this.#listens) return;
    this.#answered = true;
    if (this.#listenSteps !== Number.POSITIVE_INFINITY && this.#listened < this.#listenSteps) return;
    this.#listens = false;
    this.#search.spotter.decoder.restart();
  }

  #beginToListen(): void {
    this.#listens = true;
    this.#listened = 0;
    this.#answered = false;
  }
}
