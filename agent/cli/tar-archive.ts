import { type FileHandle, open } from 'node:fs/promises';
import { AgentError } from '../errors.ts';

/** Where an entry's bytes lie in the archive. */
interface Span {
  readonly offset: number;
  readonly size: number;
}

const BLOCK = 512;

/**
 * Random access to the files of an uncompressed tar archive: the headers are read once, the contents on demand.
 * Reads ustar, GNU long names and pax paths (POSIX.1-2017, `pax`, "ustar Interchange Format" and
 * "pax Extended Header"). A leading `./` of names is left out.
 */
export class TarArchive {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #spans: ReadonlyMap<string, Span>;

  private constructor(path: string, file: FileHandle, spans: ReadonlyMap<string, Span>) {
    this.#path = path;
    this.#file = file;
    this.#spans = spans;
  }

  /** @throws {AgentError} `AUDIO_FILE_UNREADABLE` when it can not be read or is no tar archive */
  static async open(path: string): Promise<TarArchive> {
    const file = await open(path).catch((error: Error) => {
      throw unreadable(path, error.message, error);
    });
    try {
      return new TarArchive(path, file, await readIndex(file, path));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Of all files in it, in their order. */
  get names(): readonly string[] {
    return [...this.#spans.keys()];
  }

  has(name: string): boolean {
    return this.#spans.has(name);
  }

  /** @throws {AgentError} `AUDIO_FILE_UNREADABLE` for a name that is not there or a damaged archive */
  async read(name: string): Promise<Buffer> {
    const span = this.#spans.get(name);
    if (span === undefined) throw unreadable(this.#path, `there is no ${name} in it`);
    return readFully(this.#file, span, this.#path);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function readIndex(file: FileHandle, path: string): Promise<Map<string, Span>> {
  const spans = new Map<string, Span>();
  const { size: end } = await file.stat();
  let longName: string | null = null;
  for (let at = 0; at < end; ) {
    const header = await readFully(file, { offset: at, size: BLOCK }, path);
    if (header.every((byte) => byte === 0)) break;
    const span = { offset: at + BLOCK, size: entrySize(header, path) };
    if (span.offset + span.size > end) throw unreadable(path, 'it is cut off');
    const type = String.fromCharCode(header[156]!);
    if (type === 'L' || type === 'x') {
      longName = nameFrom(await readFully(file, span, path), type) ?? longName;
    } else {
      if (type === '0' || type === '\0') spans.set(plainName(longName ?? headerName(header)), span);
      longName = null;
    }
    at = span.offset + Math.ceil(span.size / BLOCK) * BLOCK;
  }
  return spans;
}

/** Size in octal, or in GNU's base-256 form for 8 GiB and more. */
function entrySize(header: Buffer, path: string): number {
  if (!hasChecksum(header)) throw unreadable(path, 'it is not a tar archive, or it is damaged');
  if ((header[124]! & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  return Number.parseInt(text(header, 124, 12).trim() || '0', 8);
}

function hasChecksum(header: Buffer): boolean {
  let sum = 0;
  for (let index = 0; index < BLOCK; index++) sum += index >= 148 && index < 156 ? 32 : header[index]!;
  return Number.parseInt(text(header, 148, 8), 8) === sum;
}

function headerName(header: Buffer): string {
  const isUstar = text(header, 257, 5) === 'ustar';
  const prefix = isUstar ? text(header, 345, 155) : '';
  return prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
}

/** The name in a GNU long-name entry, or the `path` record of a pax header when it has one. */
function nameFrom(content: Buffer, type: 'L' | 'x'): string | null {
  if (type === 'L') return text(content, 0, content.length);
  return /^\d+ path=(.*)$/m.exec(content.toString('utf8'))?.[1] ?? null;
}

function plainName(name: string): string {
  return name.replace(/^(\.\/)+/, '');
}

function text(buffer: Buffer, offset: number, length: number): string {
  const end = buffer.indexOf(0, offset);
  const limit = offset + length;
  return buffer.toString('utf8', offset, end === -1 ? limit : Math.min(end, limit));
}

async function readFully(file: FileHandle, { offset, size }: Span, path: string): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  const { bytesRead } = await file.read(buffer, 0, size, offset);
  if (bytesRead < size) throw unreadable(path, 'it is cut off');
  return buffer;
}

function unreadable(path: string, problem: string, cause?: unknown): AgentError {
  return new AgentError('AUDIO_FILE_UNREADABLE', `The archive ${path} can not be read: ${problem}.`, {
    cause,
    fields: { path },
  });
}
