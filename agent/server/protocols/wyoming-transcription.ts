import type { StreamOptions } from '../../engine/speech-engine.ts';
import type { TranscriptEvent } from '../../transcript/transcript-event.ts';
import type { Frame } from './protocol.ts';
import { writeWyomingEvent } from './wyoming-event.ts';
import type { WyomingContext, WyomingJob } from './wyoming-job.ts';
import { WyomingText } from './wyoming-text.ts';

/** What a transcription is asked with. */
export interface WyomingTranscriptionWishes {
  /** Of the model, as the transcript names it. */
  readonly language: string;
  readonly context: WyomingContext;
  /** The transcript comes when the speaker has stopped; else when the client says that the audio has. */
  readonly findsEnd: boolean;
  readonly stream: StreamOptions;
}

/** `transcribe`: what is settled comes piece by piece, then all of it as the transcript. */
export class WyomingTranscription implements WyomingJob {
  readonly options: StreamOptions;
  readonly #findsEnd: boolean;
  readonly #labels: Readonly<Record<string, unknown>>;
  readonly #text = new WyomingText();
  #saidStart = false;
  /** The transcript is out, and its audio goes on. */
  #answered = false;

  constructor({ language, context, findsEnd, stream }: WyomingTranscriptionWishes) {
    this.options = { ...stream, partials: true };
    this.#findsEnd = findsEnd;
    this.#labels = context === null ? { language } : { language, context };
  }

  accept(event: TranscriptEvent): readonly Frame[] {
    if (this.#answered || (event.type !== 'partial' && event.type !== 'final')) return [];
    const piece = this.#text.accept(event);
    const frames =
      piece === '' ? [] : [...this.#begin(), writeWyomingEvent('transcript-chunk', { text: piece })];
    const isEnd = event.type === 'final' && event.reason === 'endpoint' && event.text !== '';
    return this.#findsEnd && isEnd ? [...frames, ...this.#transcript()] : frames;
  }

  end(): readonly Frame[] {
    return this.#answered ? [] : this.#transcript();
  }

  #begin(): readonly Frame[] {
    if (this.#saidStart) return [];
    this.#saidStart = true;
    return [writeWyomingEvent('transcript-start', this.#labels)];
  }

  #transcript(): readonly Frame[] {
    this.#answered = true;
    const transcript = writeWyomingEvent('transcript', { text: this.#text.text, ...this.#labels });
    return [...this.#begin(), transcript, writeWyomingEvent('transcript-stop')];
  }
}
