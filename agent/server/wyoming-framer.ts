import { AgentError } from '../errors.ts';
import { bytesAfterHeader } from './protocols/wyoming-event.ts';

const NEWLINE = 0x0a;
/** Header lines of clients have about 100 bytes. */
const MAX_HEADER_BYTES = 64 * 1024;
/** A piece that came by itself keeps far more memory than its bytes: so many are copied into one. */
const MOST_PIECES = 256;

/** Cuts the bytes of a Wyoming connection into events, and keeps no more of them than one event may have. */
export class WyomingFramer {
  readonly #maxBodyBytes: number;
  /** What came since the last event, oldest first: what was copied together, and the pieces behind it. */
  #chunks: Buffer[] = [];
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Length of the event under way, header included; null until its header line is complete. */
  #frameBytes: number | null = null;

  /** @param maxBodyBytes largest data and payload of one event, together */
  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /**
   * Takes what came and gives the events that are complete, each as its bytes.
   * @throws {AgentError} `MESSAGE_INVALID` or `MESSAGE_TOO_LARGE`; nothing after that can be read
   */
  *push(chunk: Buffer): Generator<Uint8Array> {
    for (let rest = chunk; rest.length > 0; ) {
      rest = this.#frameBytes === null ? this.#takeHeader(rest) : this.#takeBody(rest, this.#frameBytes);
      if (this.#bytes === this.#frameBytes) yield this.#takeFrame();
    }
  }

  #takeHeader(bytes: Buffer): Buffer {
    const newline = bytes.indexOf(NEWLINE);
    const taken = newline < 0 ? bytes.length : newline + 1;
    if (this.#bytes + taken > MAX_HEADER_BYTES) {
      throw new AgentError(
        'MESSAGE_TOO_LARGE',
        `Expected a header line of at most ${MAX_HEADER_BYTES} bytes.`,
      );
    }
    this.#keep(bytes.subarray(0, taken));
    if (newline >= 0) this.#frameBytes = this.#bytes + this.#bodyBytes();
    return bytes.subarray(taken);
  }

  #bodyBytes(): number {
    const bodyBytes = bytesAfterHeader(this.#joined());
    if (bodyBytes <= this.#maxBodyBytes) return bodyBytes;
    const message = `Expected at most ${this.#maxBodyBytes} bytes after the header of an event; got ${bodyBytes}.`;
    throw new AgentError('MESSAGE_TOO_LARGE', message);
  }

  #takeBody(bytes: Buffer, frameBytes: number): Buffer {
    const taken = Math.min(bytes.length, frameBytes - this.#bytes);
    this.#keep(bytes.subarray(0, taken));
    return bytes.subarray(taken);
  }

  #takeFrame(): Uint8Array {
    const frame = this.#joined();
    this.#chunks = [];
    this.#pieces = [];
    this.#bytes = 0;
    this.#frameBytes = null;
    return frame;
  }

  #keep(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    if (this.#pieces.length < MOST_PIECES) return;
    this.#chunks.push(Buffer.concat(this.#pieces));
    this.#pieces = [];
  }

  #joined(): Buffer {
    return Buffer.concat([...this.#chunks, ...this.#pieces]);
  }
}
