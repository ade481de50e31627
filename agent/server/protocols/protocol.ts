import type { MicrophoneStatus } from '../../capture/microphone-status.ts';
import type { PcmFormat } from '../../capture/sample-format.ts';
import type { StreamOptions } from '../../engine/speech-engine.ts';
import type { ErrorCode } from '../../errors.ts';
import type { TranscriptEvent } from '../../transcript/transcript-event.ts';

/** One message: text or bytes. */
export type Frame = string | Uint8Array;

/** What a client wants, whatever the protocol calls it. */
export type ClientCommand =
  /** Describes the audio and the wishes for it. Without one, audio is 16 kHz mono s16le. */
  | { readonly type: 'start'; readonly format: PcmFormat; readonly options: StreamOptions }
  /** Other wishes from this point of the audio on; refused ones leave the stream as it was. */
  | {
      readonly type: 'configure';
      readonly options: StreamOptions;
      /** With one the client is answered: `configured`, or an error, with the same. */
      readonly id?: number;
    }
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  /** A final for what was heard so far. `realign`: what comes next begins with a whole sample, whatever came before. */
  | { readonly type: 'flush'; readonly realign?: true }
  /** The last final, then a clean close. */
  | { readonly type: 'stop' }
  /** The last final, then `done`; the connection stays, and the next `start` or audio begins a new stream. */
  | { readonly type: 'finish' }
  /** What the protocol itself answers, sent when everything before it has been carried out. */
  | { readonly type: 'reply'; readonly frames: readonly Frame[] }
  /** The client has got this many messages of the session: they need not be kept for it any more. */
  | { readonly type: 'acknowledge'; readonly messages: number }
  /** A sign of life and nothing else. */
  | { readonly type: 'keep-alive' };

export interface ModelInfo {
  readonly name: string;
  readonly version: string;
  readonly language: string;
}

/** What is listened for at once; of grammars only the names are told. */
export type ToldTask =
  | { readonly type: 'dictation' }
  | { readonly type: 'commands'; readonly grammars: readonly string[] };

/** What the daemon's own microphone listens for. */
export type MicrophoneTask =
  | ToldTask
  | {
      readonly type: 'wake';
      /** As they are written. */
      readonly phrases: readonly string[];
      /** What is listened for behind a phrase; null: nothing. */
      readonly listenFor: ToldTask | null;
    };

/** What the server has to say, whatever the protocol makes of it. */
export type ServerEvent =
  | {
      readonly type: 'ready';
      readonly session: string;
      /** Hz of the model; audio at other rates is resampled. */
      readonly sampleRate: number;
      readonly model: ModelInfo;
      /** How the client gets the session back after a cut; absent where it ends with its connection. */
      readonly resume?: ResumeOffer;
      /** Of the daemon's microphone. */
      readonly task?: MicrophoneTask;
    }
  | {
      readonly type: 'transcript';
      readonly event: TranscriptEvent;
      readonly latencyMs?: number;
      /** Seconds of the stream's audio that the event rests on. */
      readonly heardSeconds?: number;
    }
  /**
   * The audio of one message was taken: for protocols in which each audio message has its answer.
   * `heardSeconds`: audio of the stream computed until now; what it brought has been said.
   */
  | { readonly type: 'audio-taken'; readonly heardSeconds: number }
  | { readonly type: 'microphone'; readonly status: MicrophoneStatus }
  /** Loudness of the last tenth of a second in dBFS. */
  | { readonly type: 'level'; readonly rms: number; readonly peak: number }
  /** The options of the command `configure` with this `id` are in force. */
  | { readonly type: 'configured'; readonly id: number }
  | {
      readonly type: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      /** Of the command `configure` that is refused. */
      readonly id?: number;
    }
  /** The stream has ended; after `stop` nothing follows but the close. `audioSeconds`: length of the whole stream. */
  | { readonly type: 'done'; readonly audioSeconds: number };

/** A session that outlives its connection. */
export interface ResumeOffer {
  readonly token: string;
  /** How long the server waits for the client. */
  readonly waitMs: number;
}

/** What has arrived of what the client of a session sent. */
export interface Receipt {
  /** Messages, of any kind. */
  readonly messages: number;
  /** Bytes of audio in them. */
  readonly audioBytes: number;
}

/** How a protocol writes what only a session that can be resumed says; these messages are not counted. */
export interface ResumeWords {
  acknowledgement(receipt: Receipt): Frame;
  /** First answer to a client that came back: what arrived, and need not be sent again. */
  resumed(session: string, receipt: Receipt): Frame;
}

/** How a protocol closes a connection. */
export interface CloseFrame {
  readonly code: number;
  /** At most 123 bytes */
  readonly reason: string;
}

/** How a protocol refuses a connection over HTTP; the status is that of the error. */
export interface Refusal {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Headers of a request, their names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The translation for one connection; it may keep what the protocol needs to remember. */
export interface Codec {
  /** Throws `MESSAGE_INVALID` and says which field is wrong. */
  decode(frame: Frame): readonly ClientCommand[];
  /** The messages that say this in the protocol's words; none when it has no word for it. */
  encode(event: ServerEvent): readonly Frame[];
  /** The close that the protocol has for this error; without one it is the one of `agent/ERRORS.md`. */
  closeFrame?(code: ErrorCode): CloseFrame | null;
}

/** One wire format at one path. A new one is a file beside this and a line in `agent.ts`. */
export interface Protocol {
  /** For logs and metrics. */
  readonly name: string;
  /** Path of the upgrade request. */
  readonly path: string;
  /** Whose audio it transcribes: what the client sends, or the daemon's microphone. */
  readonly audio: 'client' | 'microphone';
  /** Partials are parts that add up instead of texts that replace each other: none is dropped for a slow reader. */
  readonly appendsPartials?: boolean;
  /** Each audio message has its answer: `audio-taken` comes when its audio has been computed, and the next waits. */
  readonly answersAudio?: boolean;
  /** Its clients may send longer messages than others: the longest. What is too much for others is memory that all share. */
  readonly longestMessageBytes?: number;
  /** Its clients have no sign of life to send while they are muted: none is closed for its silence. */
  readonly allowsSilence?: boolean;
  /** Its sessions can be resumed (`?resume=`), in these words. */
  readonly resumeWords?: ResumeWords;
  /** `query`, `headers`: of the upgrade request; `model`: who will transcribe. Throws `MESSAGE_INVALID`. */
  createCodec(query: URLSearchParams, model: ModelInfo, headers?: RequestHeaders): Codec;
  /** Without it a refusal is written as `errorBody` does. */
  refusal?(code: ErrorCode, message: string): Refusal;
}
