/** WAV written with its numbers the other way round. */
export const BIG_ENDIAN_WAV = 'big-endian WAV (RIFX)';
export const OGG = 'Ogg';

/** How files begin that are no PCM, and would be heard as noise. */
const SIGNATURES: readonly {
  readonly name: string;
  readonly at: number;
  readonly bytes: readonly number[];
}[] = [
  { name: OGG, at: 0, bytes: codes('OggS') },
  { name: 'WebM or Matroska', at: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3] },
  { name: 'FLAC', at: 0, bytes: codes('fLaC') },
  { name: 'MP3', at: 0, bytes: [...codes('ID3'), 4, 0] },
  { name: 'MP3', at: 0, bytes: [...codes('ID3'), 3, 0] },
  { name: 'MP4', at: 4, bytes: codes('ftyp') },
  { name: 'AIFF', at: 8, bytes: codes('AIFF') },
  { name: BIG_ENDIAN_WAV, at: 0, bytes: codes('RIFX') },
];

/** Bytes that are enough to tell. */
export const SIGNATURE_BYTES = 12;

/** The kind of file that begins with `bytes`; null where they may be samples. */
export function containerOf(bytes: Uint8Array): string | null {
  const found = SIGNATURES.find(({ at, bytes: wanted }) => wanted.every((byte, i) => bytes[at + i] === byte));
  return found?.name ?? null;
}

function codes(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
