import { AgentError } from '../errors.ts';

/** How files in UTF-16 begin: Windows writes them so, on demand or with `>` of PowerShell 5. */
const UTF_16_MARKS = [
  { encoding: 'utf-16le', mark: Buffer.of(0xff, 0xfe) },
  { encoding: 'utf-16be', mark: Buffer.of(0xfe, 0xff) },
] as const;

/**
 * A text of somebody's, in UTF-8 or, with a byte order mark, in UTF-16; the mark is left away.
 * @param name of the text, for the error
 * @throws AgentError USAGE when it is in another encoding, or no text
 */
export function decodeText(bytes: Buffer, name: string): string {
  const marked = UTF_16_MARKS.find(({ mark }) => bytes.subarray(0, mark.length).equals(mark));
  try {
    const text = new TextDecoder(marked?.encoding ?? 'utf-8', { fatal: true }).decode(bytes);
    // of letters in UTF-16 every other byte is zero, which is a letter in UTF-8
    if (!text.includes('\0')) return text;
  } catch (error) {
    throw notText(name, error);
  }
  throw notText(name);
}

function notText(name: string, cause?: unknown): AgentError {
  return new AgentError('USAGE', `The text ${name} is not in UTF-8; save it as UTF-8.`, { cause });
}
