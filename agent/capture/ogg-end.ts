import { type FileHandle, open } from 'node:fs/promises';

const MAGIC = Buffer.from('OggS');
/** Header, table and body of the longest page (RFC 3533, section 6), and as much again of what is no Ogg. */
const TAIL_BYTES = 2 * 65_307;
const HEADER_BYTES = 27;
const FLAGS_AT = 5;
const LAST_PAGE = 4;

/** Whether the last page of an Ogg file is whole, and is marked as the last: neither is so where the file was cut. */
export async function endsOgg(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const tail = await readTail(file);
    const at = tail.lastIndexOf(MAGIC);
    return at >= 0 && isLastPage(tail.subarray(at));
  } finally {
    await file.close();
  }
}

async function readTail(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const bytes = Math.min(size, TAIL_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, size - bytes);
  return buffer.subarray(0, bytesRead);
}

function isLastPage(page: Buffer): boolean {
  if (page.length < HEADER_BYTES || (page[FLAGS_AT]! & LAST_PAGE) === 0) return false;
  const segments = page[HEADER_BYTES - 1]!;
  const lengths = page.subarray(HEADER_BYTES, HEADER_BYTES + segments);
  const bodyBytes = lengths.reduce((sum, length) => sum + length, 0);
  return page.length >= HEADER_BYTES + segments + bodyBytes;
}
