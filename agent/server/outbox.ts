import type { CancelTimer, Clock } from '../clock.ts';
import type { Frame } from './protocols/protocol.ts';
import type { DroppableType } from './server-metrics.ts';

/** The part of a WebSocket that sending needs. */
export interface FrameSocket {
  /** Bytes given to `send` that the network has not taken yet. */
  readonly bufferedAmount: number;
  /** `done` is called when the network has taken the frame, or will not. */
  send(frame: Frame, done: () => void): void;
}

export interface OutboxOptions {
  readonly socket: FrameSocket;
  readonly clock: Clock;
  /** Waiting bytes above which partials and levels are kept back. */
  readonly sendBufferBytes: number;
  /** A reader that stays above the limit for this long is given up. */
  readonly drainTimeoutMs: number;
  readonly onSlow: () => void;
  /** More waits than the limit, or no longer does. */
  readonly onFull: (isFull: boolean) => void;
  readonly onDrop: (type: DroppableType) => void;
}

/**
 * The only way to a client. A client that reads too slowly gets the newest partial and the newest level when it
 * has caught up, not those before; everything else is always sent. One that does not catch up in time is given
 * up, so what waits for it is bounded by what is said in that time.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  /** The newest frames of each droppable type, kept back. */
  readonly #kept = new Map<DroppableType, readonly Frame[]>();
  #cancelDrainTimer: CancelTimer | null = null;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Whether more waits for the client than it should. */
  get isFull(): boolean {
    return this.#options.socket.bufferedAmount > this.#options.sendBufferBytes;
  }

  /** Sends frames that must arrive. */
  send(frames: readonly Frame[]): void {
    this.#write(frames);
  }

  /** Drops what is kept back of this type, because something newer says it better. */
  supersede(type: DroppableType): void {
    if (this.#kept.delete(type)) this.#options.onDrop(type);
  }

  /** Sends frames that may be dropped for newer ones of the same type. */
  sendDroppable(type: DroppableType, frames: readonly Frame[]): void {
    if (frames.length === 0) return;
    if (!this.isFull) {
      this.#write(frames);
      return;
    }
    this.supersede(type);
    this.#kept.set(type, frames);
  }

  /** Forgets what is kept back and stops the drain timer. Safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#kept.clear();
    this.#stopDrainTimer();
  }

  #write(frames: readonly Frame[]): void {
    if (this.#closed) return;
    for (const frame of frames) this.#options.socket.send(frame, this.#onWritten);
    if (!this.isFull || this.#cancelDrainTimer !== null) return;
    this.#startDrainTimer();
    this.#options.onFull(true);
  }

  readonly #onWritten = (): void => {
    if (this.#closed || this.isFull) return;
    this.#tellRoom();
    for (const [type, frames] of this.#kept) {
      this.#kept.delete(type);
      this.#write(frames);
    }
  };

  #tellRoom(): void {
    if (this.#cancelDrainTimer === null) return;
    this.#stopDrainTimer();
    this.#options.onFull(false);
  }

  #startDrainTimer(): void {
    const { clock, drainTimeoutMs, onSlow } = this.#options;
    this.#cancelDrainTimer = clock.after(drainTimeoutMs, onSlow);
  }

  #stopDrainTimer(): void {
    this.#cancelDrainTimer?.();
    this.#cancelDrainTimer = null;
  }
}
