import type { MicrophoneStatus } from '../../capture/microphone-status.ts';
import type { PcmFormat } from '../../capture/sample-format.ts';
import type { StreamOptions } from '../../engine/speech-engine.ts';
import type { ErrorCode } from '../../errors.ts';
import type { TranscriptEvent } from '../../transcript/transcript-event.ts';

/** One WebSocket message: text or bytes. */
export type Frame = string | Uint8Array;

/** What a client wants, whatever the protocol calls it. */
export type ClientCommand =
  /** Describes the audio and the wishes for it. Without one, audio is 16 kHz mono s16le. */
  | { readonly type: 'start'; readonly format: PcmFormat; readonly options: StreamOptions }
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  /** A final for what was heard so far. */
  | { readonly type: 'flush' }
  /** The last final, then a clean close. */
  | { readonly type: 'stop' };

export interface ModelInfo {
  readonly name: string;
  readonly version: string;
  readonly language: string;
}

/** What the server has to say, whatever the protocol makes of it. */
export type ServerEvent =
  | {
      readonly type: 'ready';
      readonly session: string;
      /** Hz of the model; audio at other rates is resampled. */
      readonly sampleRate: number;
      readonly model: ModelInfo;
    }
  | { readonly type: 'transcript'; readonly event: TranscriptEvent; readonly latencyMs?: number }
  /** The audio of one message was taken: for protocols in which each audio message has its answer. */
  | { readonly type: 'audio-taken' }
  | { readonly type: 'microphone'; readonly status: MicrophoneStatus }
  /** Loudness of the last tenth of a second in dBFS. */
  | { readonly type: 'level'; readonly rms: number; readonly peak: number }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly message: string }
  /** The answer to `stop`: nothing follows but the close. */
  | { readonly type: 'done' };

/** The translation for one connection; it may keep what the protocol needs to remember. */
export interface Codec {
  /** Throws `MESSAGE_INVALID` and says which field is wrong. */
  decode(frame: Frame): readonly ClientCommand[];
  /** The messages that say this in the protocol's words; none when it has no word for it. */
  encode(event: ServerEvent): readonly Frame[];
}

/** One wire format at one path. A new one is a file beside this and a line in `agent.ts`. */
export interface Protocol {
  /** For logs and metrics. */
  readonly name: string;
  /** Path of the upgrade request. */
  readonly path: string;
  /** Whose audio it transcribes: what the client sends, or the daemon's microphone. */
  readonly audio: 'client' | 'microphone';
  /** `query`: parameters of the upgrade request. Throws `MESSAGE_INVALID`. */
  createCodec(query: URLSearchParams): Codec;
}
