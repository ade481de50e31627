import { crc32 } from '../../agent/decoder/crc32.ts';
import type { Dictionary } from './lexicon-file.ts';

/** Splits a dictionary by the words' CRC-32: every tenth word, about, is held out. Always the same words. */
export function splitDictionary(dictionary: Dictionary): { train: Dictionary; heldOut: Dictionary } {
  const train = new Map<string, readonly (readonly string[])[]>();
  const heldOut = new Map<string, readonly (readonly string[])[]>();
  for (const [word, pronunciations] of dictionary) {
    const part = crc32(Buffer.from(word)) % 10 === 0 ? heldOut : train;
    part.set(word, pronunciations);
  }
  return { train, heldOut };
}
