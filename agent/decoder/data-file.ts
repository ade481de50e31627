import { AgentError, type ErrorCode } from '../errors.ts';
import { crc32 } from './crc32.ts';

/** How every data file of the decoder begins, as byte offsets; uint32, little-endian, where nothing else is said. */
export const DATA_FILE = {
  /** 8 bytes, ASCII. */
  magic: 0,
  version: 8,
  fileBytes: 12,
  /** CRC-32 of all bytes that follow this field. */
  checksum: 16,
} as const;

/** A kind of data file: what its header must say, and how people are told when it does not. */
export interface DataFileKind {
  readonly magic: string;
  readonly version: number;
  readonly headerBytes: number;
  /** Such as "language model". */
  readonly name: string;
  readonly code: ErrorCode;
  /** What to do without a good file: a sentence. */
  readonly remedy: string;
}

/** Refuses a file; `what` says what was expected and what was got. */
export function dataFileError(kind: DataFileKind, source: string, what: string): AgentError {
  return new AgentError(kind.code, `${source}: ${what}`);
}

/**
 * Checks that the file is of the kind and has a whole header.
 * @param source name of the file, for error messages
 * @throws AgentError of the kind's code
 */
export function openDataFile(buffer: ArrayBufferLike, kind: DataFileKind, source: string): DataView {
  const fail = (what: string): never => {
    throw dataFileError(kind, source, what);
  };
  const view = new DataView(buffer);
  if (view.byteLength === 0) fail(`the file is empty, expected a ${kind.name}. ${kind.remedy}`);
  const magic = Array.from({ length: Math.min(view.byteLength, kind.magic.length) }, (_, i) =>
    String.fromCharCode(view.getUint8(i)),
  ).join('');
  if (magic !== kind.magic) {
    fail(`not a ${kind.name} of Earshot: expected a file that begins with ${kind.magic}. ${kind.remedy}`);
  }
  if (view.byteLength < kind.headerBytes) {
    fail(`the file ends within its header, after ${view.byteLength} bytes. Get it again.`);
  }
  const version = view.getUint32(DATA_FILE.version, true);
  if (version !== kind.version) {
    fail(`the format has version ${version}, expected ${kind.version}. ${kind.remedy}`);
  }
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
    fail(`a ${kind.name} needs a little-endian machine, and this one is big-endian.`);
  }
  return view;
}

/**
 * Checks length and checksum of an opened file.
 * @param bytes length that the fields of its header ask for
 * @throws AgentError of the kind's code
 */
export function checkDataFile(view: DataView, bytes: number, kind: DataFileKind, source: string): void {
  if (view.byteLength !== bytes || view.getUint32(DATA_FILE.fileBytes, true) !== bytes) {
    throw dataFileError(
      kind,
      source,
      `the file has ${view.byteLength} bytes, expected ${bytes}: it is not whole. Get it again.`,
    );
  }
  const checksum = crc32(new Uint8Array(view.buffer, DATA_FILE.checksum + 4));
  if (checksum !== view.getUint32(DATA_FILE.checksum, true)) {
    throw dataFileError(
      kind,
      source,
      'the file is damaged: its checksum is not the one in its header. Get it again.',
    );
  }
}

/** Writes what every header begins with, when everything else is in place. */
export function sealDataFile(buffer: ArrayBuffer, kind: DataFileKind): void {
  const view = new DataView(buffer);
  for (const [i, letter] of [...kind.magic].entries()) view.setUint8(i, letter.charCodeAt(0));
  view.setUint32(DATA_FILE.version, kind.version, true);
  view.setUint32(DATA_FILE.fileBytes, buffer.byteLength, true);
  view.setUint32(DATA_FILE.checksum, crc32(new Uint8Array(buffer, DATA_FILE.checksum + 4)), true);
}
