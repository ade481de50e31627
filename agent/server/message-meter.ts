import type { Duplex } from 'node:stream';
import type { MessageMemory } from './message-memory.ts';

/**
 * Takes memory for the long messages of one connection while they come, for a client may begin one and never end it.
 * Messages without their end are nowhere to be seen, so it counts the bytes of the wire.
 */
export class MessageMeter {
  readonly #wire: Duplex;
  readonly #memory: MessageMemory;
  readonly #freeBytes: number;
  /** Bytes since the last message. */
  #bytes = 0;
  #takenBytes = 0;
  #isComplete = false;

  /** `freeBytes`: what a message may have without taking from `memory`. */
  constructor(wire: Duplex, memory: MessageMemory, freeBytes: number) {
    this.#wire = wire;
    this.#memory = memory;
    this.#freeBytes = freeBytes;
  }

  /** Calls `onFull` when there is no memory for the message that comes. */
  start(onFull: () => void): void {
    // before those of the WebSocket, which say that a message is complete
    this.#wire.prependListener('data', (chunk: Uint8Array) => {
      if (!this.#count(chunk.length)) onFull();
    });
  }

  /** A message is complete. It has its memory until more is read, for reading waits while it is worked on. */
  messageEnded(): void {
    this.#isComplete = true;
  }

  /** Nothing more will come. Safe to call twice. */
  stop(): void {
    this.#memory.giveBack(this.#takenBytes);
    this.#takenBytes = 0;
  }

  #count(bytes: number): boolean {
    if (this.#isComplete) {
      this.stop();
      this.#bytes = 0;
      this.#isComplete = false;
    }
    this.#bytes += bytes;
    const wanted = Math.max(0, this.#bytes - this.#freeBytes - this.#takenBytes);
    if (!this.#memory.take(wanted)) return false;
    this.#takenBytes += wanted;
    return true;
  }
}
