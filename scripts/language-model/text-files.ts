import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Lexicon } from '../../agent/decoder/lexicon.ts';

/**
 * The lines of a UTF-8 text file; one that ends in `.xz` is unpacked by the program `xz`.
 * @throws Error naming the file
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  if (path.endsWith('.xz')) yield* unpackedLines(path);
  else yield* linesOf(createReadStream(path), path);
}

async function* unpackedLines(path: string): AsyncGenerator<string> {
  const xz = spawn('xz', ['--decompress', '--stdout', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  xz.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ended = once(xz, 'close').then(
    ([code]) => (code === 0 ? null : unreadable(path, complaint.trim())),
    (error) => unreadable(path, `${error}. Install xz (Debian: xz-utils)`),
  );
  yield* linesOf(xz.stdout, path);
  const error = await ended;
  if (error !== null) throw error;
}

async function* linesOf(input: Readable, path: string): AsyncGenerator<string> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await lines.next().catch((cause) => {
      throw unreadable(path, cause.message, cause);
    });
    if (done) return;
    yield value;
  }
}

function unreadable(path: string, reason: string, cause?: unknown): Error {
  return new Error(`${path} can not be read: ${reason}`, { cause });
}

/** The words of a lexicon file. */
export async function lexiconWords(path: string): Promise<string[]> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  const lexicon = Lexicon.fromBuffer(buffer.slice(byteOffset, byteOffset + byteLength), path);
  return Array.from({ length: lexicon.size }, (_, index) => lexicon.word(index));
}
