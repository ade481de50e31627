import type { TranscriptEvent } from '../transcript/transcript-event.ts';
import type { AudioOrigin } from './server-metrics.ts';

/** Whose transcript it is. */
export interface TranscriptOrigin {
  readonly origin: AudioOrigin;
  /** Id of the session; `microphone` for the daemon's own. */
  readonly session: string;
  readonly latencyMs?: number | undefined;
}

/** Hears what all streams say, beside those who opened them. Must neither throw nor wait. */
export type TranscriptListener = (event: TranscriptEvent, origin: TranscriptOrigin) => void;
