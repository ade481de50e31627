import { combineStats, countsOnly } from './combined-stats.ts';
import type { EngineStats, RecognizerStream, SpeechEngine, StreamOptions } from './speech-engine.ts';

/**
 * An engine that can be exchanged while streams are open: new ones get the new engine, the others finish on the old
 * one. At most two engines are there at a time, each with its own `engine.maxStreams`.
 */
export class SwappableEngine implements SpeechEngine {
  #current: SpeechEngine;
  /** Has streams that are not finished yet. */
  #old: SpeechEngine | null = null;
  /** Counts of all engines that are gone. */
  #past: EngineStats | null = null;

  constructor(engine: SpeechEngine) {
    this.#current = engine;
  }

  get sampleRate(): number {
    return this.#current.sampleRate;
  }

  /** Whether streams of an engine before are still open; until they have ended there is no other swap. */
  get isSwapping(): boolean {
    return this.#old !== null;
  }

  /**
   * Gives `next` to all streams from now on. Resolves when the last stream of the engine before has ended and that
   * engine is closed. Only while not `isSwapping`.
   * @param next with the same `sampleRate`
   */
  async swap(next: SpeechEngine): Promise<void> {
    const old = this.#current;
    this.#old = old;
    this.#current = next;
    await old.retire();
    const counts = countsOnly(old.stats());
    this.#past = this.#past === null ? counts : combineStats(counts, this.#past);
    this.#old = null;
  }

  createStream(options?: StreamOptions): RecognizerStream {
    return this.#current.createStream(options);
  }

  stats(): EngineStats {
    return [this.#old?.stats(), this.#past].reduce<EngineStats>(
      (sum, other) => (other ? combineStats(sum, other) : sum),
      this.#current.stats(),
    );
  }

  async retire(): Promise<void> {
    await Promise.all([this.#current.retire(), this.#old?.retire()]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#current.close(), this.#old?.close()]);
  }
}
