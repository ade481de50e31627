import { fstatSync, writeSync } from 'node:fs';
import { stderr } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { isatty } from 'node:tty';

/** Bytes that may wait for a reader who is slow. */
const MOST_WAITING = 1024 * 1024;
/** Between two looks whether all has been read. */
const LOOK_MS = 20;

/** Where lines go; `write` throws where nothing can be written. */
interface Target {
  readonly waiting: number;
  write(text: string): void;
}

/**
 * The standard error for a log that must never hold up or end the daemon: what a full disk or a reader who has stopped reading does not
 * take is left out, and a line says how many lines are missing when there is room again.
 */
export class LogOutput {
  readonly #target: Target;
  readonly #gap: (lines: number) => string;
  readonly #mostWaiting: number;
  #lost = 0;

  /** @param gap makes the line that says how many are missing before it */
  constructor(gap: (lines: number) => string, target: Target = standardError(), mostWaiting = MOST_WAITING) {
    this.#gap = gap;
    this.#target = target;
    this.#mostWaiting = mostWaiting;
  }

  write(line: string): void {
    const text = this.#lost === 0 ? line : this.#gap(this.#lost) + line;
    try {
      if (this.#target.waiting + text.length > this.#mostWaiting) throw new Error('nobody reads');
      this.#target.write(text);
      this.#lost = 0;
    } catch {
      this.#lost += 1;
    }
  }

  /** Resolves when all that was written is read, at the latest after `timeoutMs`: whether it is. */
  async drained(timeoutMs: number): Promise<boolean> {
    for (let leftMs = timeoutMs; leftMs > 0 && this.#target.waiting > 0; leftMs -= LOOK_MS)
      await delay(LOOK_MS);
    return this.#target.waiting === 0;
  }
}

/** A pipe and a terminal are written by Node, which keeps what they do not take yet; a file has no reader to wait for. */
function standardError(): Target {
  const about = fstatSync(stderr.fd);
  return about.isFIFO() || about.isSocket() || isatty(stderr.fd)
    ? new StreamTarget()
    : new FileTarget(stderr.fd);
}

class StreamTarget implements Target {
  constructor() {
    stderr.on('error', () => {}); // the reader is gone, or the terminal: then nobody misses the lines
  }

  get waiting(): number {
    return stderr.writableLength;
  }

  write(text: string): void {
    stderr.write(text);
  }
}

/** Not through `process.stderr`, which never writes again after a disk was full. */
export class FileTarget implements Target {
  readonly waiting = 0;
  readonly #fd: number;
  #endsInLine = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** @throws {Error} as `writeSync` does; what was written of the text is then ended as a line before the next */
  write(text: string): void {
    const bytes = Buffer.from(this.#endsInLine ? `\n${text}` : text);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
      this.#endsInLine = false;
    } catch (error) {
      this.#endsInLine ||= written > 0;
      throw error;
    }
  }
}
