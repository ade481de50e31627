import type { StreamOptions } from '../../engine/speech-engine.ts';
import type { TranscriptEvent } from '../../transcript/transcript-event.ts';
import type { Frame } from './protocol.ts';

/** What the client wants to have back with the result; null: nothing. */
export type WyomingContext = Readonly<Record<string, unknown>> | null;

/** What a client wants of one stretch of audio, from audio-start to audio-stop. */
export interface WyomingJob {
  /** Of the stream that hears the audio. */
  readonly options: StreamOptions;
  accept(event: TranscriptEvent): readonly Frame[];
  /** The audio is over. */
  end(): readonly Frame[];
}
