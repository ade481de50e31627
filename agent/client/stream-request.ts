import type { AgentError } from '../errors.ts';
import type { NativeClientMessage } from '../server/protocols/native-message.ts';
import type { TranscriptEvent } from '../transcript/transcript-event.ts';
import type { BackOffOptions } from './back-off.ts';
import type { ErrorMessage, ReadyMessage } from './server-message.ts';

/** The first message of a client: the format of its audio, and its wishes. */
export type StartRequest = Omit<Extract<NativeClientMessage, { type: 'start' }>, 'type'>;

/** What a stream can be asked for, at its start and later. */
export type StreamOptions = NonNullable<StartRequest['options']>;

/** A stream and how to hold on to it. */
export interface StreamRequest extends StartRequest {
  /** `ws://127.0.0.1:2750/v1/stream` */
  readonly url: string | URL;
  /** The server's token, when it has one. */
  readonly token?: string | undefined;
  /** Longest time until the server has greeted (5000). */
  readonly connectTimeoutMs?: number;
  /**
   * Time without a word of the server after which the connection counts as lost (10,000). The server says something every
   * 3 s of a session that can be resumed; of another it does not, and there this does not apply.
   */
  readonly lostAfterMs?: number;
  /** Audio that has not arrived above which `send` waits, and audio kept for a new session (30). */
  readonly bufferSeconds?: number;
  /** Pauses between attempts to connect again. */
  readonly backOff?: BackOffOptions;
  /**
   * How long a lost connection is tried again (60,000). All attempts count together until the server has taken audio or
   * said something of it: greetings alone are no success.
   */
  readonly giveUpAfterMs?: number;
  /** Whether a new session takes over where the old one is gone (true); else the iteration throws `RESUME_EXPIRED`. */
  readonly restart?: boolean;
}

/** What a stream tells: the transcript, bad messages, and how the connection fares. */
export type StreamEvent =
  | (TranscriptEvent & { readonly latencyMs?: number })
  | ErrorMessage
  /** A session has begun: the first one, or another after the one before was gone. */
  | { readonly type: 'connected'; readonly ready: ReadyMessage }
  /** The session goes on where it was. */
  | { readonly type: 'resumed'; readonly ready: ReadyMessage }
  | { readonly type: 'disconnected'; readonly error: AgentError; readonly retryInMs: number };

/** The text of the first message. */
export function startMessage({ sampleRate, encoding, channels, options }: StreamRequest): string {
  return JSON.stringify({ type: 'start', sampleRate, encoding, channels, options });
}

/** The text of a change of the settings. */
export function configureMessage(options: StreamOptions, id: number): string {
  return JSON.stringify({ type: 'configure', id, options });
}

/** Bytes of a second of its audio. */
export function bytesPerSecond({
  sampleRate = 16000,
  channels = 1,
  encoding = 's16le',
}: StartRequest): number {
  return sampleRate * channels * (encoding === 's16le' ? 2 : 4);
}
