import type { StreamOptions } from '../../engine/speech-engine.ts';
import type { TranscriptEvent } from '../../transcript/transcript-event.ts';
import type { Frame } from './protocol.ts';
import { writeWyomingEvent } from './wyoming-event.ts';
import type { WyomingContext, WyomingJob } from './wyoming-job.ts';

/** A wake phrase, as people write it. */
export interface WyomingPhrase {
  readonly text: string;
  /** Least confidence, 0 to 1; the configuration's unless given. */
  readonly threshold?: number;
}

/** `detect`: each wake phrase that is heard is told at once; at the end, that there was none. */
export class WyomingDetection implements WyomingJob {
  readonly options: StreamOptions;
  readonly #labels: Readonly<Record<string, unknown>>;
  readonly #startMs: number;
  #detected = false;

  /** @param startMs what the client's clock of the audio says at its first sample */
  constructor(phrases: readonly WyomingPhrase[], context: WyomingContext, startMs: number) {
    this.options = { task: { type: 'wake', phrases, listenFor: null }, partials: false };
    this.#labels = context === null ? {} : { context };
    this.#startMs = startMs;
  }

  accept(event: TranscriptEvent): readonly Frame[] {
    if (event.type !== 'wake') return [];
    this.#detected = true;
    const timestamp = this.#startMs + Math.round(event.time * 1000);
    return [
      writeWyomingEvent('detection', { name: event.phrase, timestamp, speaker: null, ...this.#labels }),
    ];
  }

  end(): readonly Frame[] {
    return this.#detected ? [] : [writeWyomingEvent('not-detected', this.#labels)];
  }
}
