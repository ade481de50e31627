import type { Final, FinalReason, Partial } from '../../transcript/transcript-event.ts';
import type { DeepgramAlternative } from './deepgram-alternatives.ts';

/** Index of the channel and number of channels: there is one, whatever the audio had. */
const CHANNEL_INDEX = [0, 1] as const;
/** Why a segment may end although the speaker goes on. */
const WITHIN_SPEECH: readonly FinalReason[] = ['max-length', 'configure'];

/** Who transcribed, as every `Results` names it. */
export interface DeepgramRequest {
  readonly request_id: string;
  readonly model_info: { readonly name: string; readonly version: string; readonly arch: string };
  readonly model_uuid: string;
}

/** A message of the server. Times are seconds of the stream. */
export type DeepgramServerMessage =
  | {
      readonly type: 'Results';
      readonly channel_index: readonly number[];
      readonly start: number;
      readonly duration: number;
      /** The text of this time range will not change any more. */
      readonly is_final: boolean;
      /** The speaker has stopped: silence, `Finalize` or the end. */
      readonly speech_final: boolean;
      readonly from_finalize: boolean;
      readonly channel: { readonly alternatives: readonly DeepgramAlternative[] };
      readonly metadata: DeepgramRequest;
    }
  | { readonly type: 'SpeechStarted'; readonly channel: readonly number[]; readonly timestamp: number }
  | { readonly type: 'UtteranceEnd'; readonly channel: readonly number[]; readonly last_word_end: number }
  | {
      readonly type: 'Metadata';
      readonly transaction_key: 'deprecated';
      readonly request_id: string;
      readonly sha256: string;
      readonly created: string;
      readonly duration: number;
      readonly channels: number;
    }
  /** `keyterms`: now in force, where they were asked for. */
  | {
      readonly type: 'ConfigureSuccess';
      readonly request_id: string;
      readonly keyterms?: readonly string[];
    }
  | {
      readonly type: 'ConfigureFailure';
      readonly request_id: string;
      readonly code:
        | 'CONFIGURE_KEYTERMS_NOT_SUPPORTED'
        | 'CONFIGURE_KEYTERM_LIMIT_EXCEEDED'
        | 'CONFIGURE_INTERNAL_ERROR';
      readonly description: string;
    }
  | {
      readonly type: 'Error';
      readonly variant: string;
      readonly description: string;
      readonly message: string;
    };

/** `range`: seconds of the stream that the result stands for; those of successive finals join without gaps. */
export function resultsMessage(
  event: Partial | Final,
  alternatives: readonly DeepgramAlternative[],
  range: { readonly start: number; readonly end: number },
  metadata: DeepgramRequest,
): DeepgramServerMessage {
  const isFinal = event.type === 'final';
  return {
    type: 'Results',
    channel_index: CHANNEL_INDEX,
    start: range.start,
    duration: milliseconds(range.end - range.start),
    is_final: isFinal,
    speech_final: isFinal && !WITHIN_SPEECH.includes(event.reason),
    from_finalize: isFinal && event.reason === 'flush',
    channel: { alternatives },
    metadata,
  };
}

export function speechStartedMessage(timestamp: number): DeepgramServerMessage {
  return { type: 'SpeechStarted', channel: CHANNEL_INDEX, timestamp };
}

export function utteranceEndMessage(lastWordEnd: number): DeepgramServerMessage {
  return { type: 'UtteranceEnd', channel: CHANNEL_INDEX, last_word_end: lastWordEnd };
}

/** Seconds to the millisecond. */
export function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
