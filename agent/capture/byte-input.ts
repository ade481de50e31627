import { constants, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { AgentError } from '../errors.ts';

const PIECE_BYTES = 64 * 1024;
/** Elsewhere a pipe that is opened so reads as ended until its first writer comes. */
const OPENS_PIPES_AT_ONCE = process.platform === 'linux';

/**
 * Bytes of a file, a pipe or standard input, read piece by piece. Pieces can be looked at before they are read,
 * so that the format is known before a reader is chosen. Iterate it once.
 */
export class ByteInput implements AsyncIterable<Uint8Array> {
  /** Path, or `-` for standard input. */
  readonly name: string;
  /** Bytes in all; null where nobody knows. */
  readonly size: number | null;
  readonly #stream: Readable;
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #ahead: Uint8Array[] = [];
  #closed = false;

  constructor(name: string, size: number | null, stream: Readable) {
    this.name = name;
    this.size = size;
    this.#stream = stream;
    this.#pieces = stream[Symbol.asyncIterator]();
  }

  /** Looks at the piece with this index without taking it; null when the input has fewer. */
  async peek(index: number): Promise<Uint8Array | null> {
    while (this.#ahead.length <= index) {
      const piece = await this.#next();
      if (piece === null) return null;
      this.#ahead.push(piece);
    }
    return this.#ahead[index]!;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (let piece = await this.#take(); piece !== null; piece = await this.#take()) yield piece;
    } finally {
      this.close();
    }
  }

  /** Releases the stream and ends the iteration, also one that is waiting for bytes. Safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#stream.destroy();
  }

  async #take(): Promise<Uint8Array | null> {
    return this.#ahead.shift() ?? (await this.#next());
  }

  async #next(): Promise<Uint8Array | null> {
    try {
      const { value, done } = await this.#pieces.next();
      return done ? null : value;
    } catch (error) {
      if (this.#closed) return null;
      throw unreadable(this.name, error);
    }
  }
}

/** Whether the bytes under this path come when somebody writes them, perhaps never. */
export async function isPipe(path: string): Promise<boolean> {
  if (path === '-') return true;
  return await stat(path).then(
    (facts) => facts.isFIFO(),
    () => false,
  );
}

/** Opens a file, or with `-` reads `stdin`. Throws `AUDIO_FILE_UNREADABLE`. */
export async function openByteInput(path: string, stdin: Readable): Promise<ByteInput> {
  if (path === '-') return new ByteInput('-', null, stdin);
  try {
    if (OPENS_PIPES_AT_ONCE && (await isPipe(path))) return new ByteInput(path, null, openPipe(path));
    const file = await open(path);
    const facts = await file.stat();
    const stream = file.createReadStream({ highWaterMark: PIECE_BYTES });
    return new ByteInput(path, facts.isFile() ? facts.size : null, stream);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** A blocking open or read waits in a thread that nothing can interrupt, and the process can not end before it. */
function openPipe(path: string): Readable {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

function unreadable(path: string, cause: unknown): AgentError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AgentError('AUDIO_FILE_UNREADABLE', `Can not read ${path}: ${reason}`, { cause });
}
