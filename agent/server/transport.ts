import type { AgentError, ErrorCode } from '../errors.ts';
import type { FrameSocket } from './outbox.ts';
import type { Frame, ResumeOffer } from './protocols/protocol.ts';

/** What a connection learns from the wire. */
export interface TransportEvents {
  message(frame: Frame): void;
  /** The other side showed that it is there, without saying anything. */
  alive(): void;
  /** The other side asks whether we are there; `answer` tells it. */
  ping(answer: () => void): void;
  /** What came can not be cut into messages any more: nothing that follows has a meaning. */
  unreadable(error: AgentError): void;
  /** The wire broke, or closes itself because the other side broke its rules: `code` says which, null none. */
  broken(code: ErrorCode | null, reason: string): void;
  /** Nothing more will come, but the other side still reads; never where the wire has no such state. */
  ended?(): void;
  /** Nothing comes or goes any more; `code` is that of a WebSocket, 1000 or 1006 elsewhere. Called once. */
  closed(code: number): void;
}

/** One connection as a sequence of messages, whatever carries them. */
export interface Transport extends FrameSocket {
  readonly isPaused: boolean;
  /** Starts to tell what happens. */
  listen(events: TransportEvents): void;
  /** Asks whether the other side is there; absent where the wire has no such question. */
  ping?(): void;
  /** Stops reading: what comes waits at the other side. */
  pause(): void;
  resume(): void;
  /** Closes in good order, after everything that waits to be sent. */
  close(code: number, reason: string): void;
  /** Cuts the connection at once. */
  terminate(): void;
  /** The other side is silent and may come back; absent where that ends the session. */
  lose?(): void;
  /** The other side has got this many messages; absent where nobody keeps them. */
  acknowledge?(messages: number): void;
  /** How the other side gets its session back after a cut; absent where it can not. */
  readonly resumeOffer?: ResumeOffer;
}
