import { AgentError } from '../errors.ts';
import type { ByteInput } from './byte-input.ts';
import { type AudioFile, DecodedSource } from './decoded-source.ts';
import { PcmDecoder } from './pcm-decoder.ts';
import { durationOf, type PcmFormat } from './sample-format.ts';
import { type WavHeader, WavHeaderReader } from './wav-header.ts';

/**
 * Opens a WAV file of any length; it is read piece by piece. A file that ends before its stated length is read
 * up to its end. Throws `AUDIO_FORMAT_UNSUPPORTED`, and `AUDIO_FILE_UNREADABLE` when it ends inside its header.
 */
export async function openWavFile(input: ByteInput, sampleRate: number): Promise<AudioFile> {
  const { header, headerBytes } = await readHeader(input);
  const present = input.size === null ? null : input.size - headerBytes;
  const dataBytes = Math.min(
    header.dataBytes ?? Number.POSITIVE_INFINITY,
    present ?? Number.POSITIVE_INFINITY,
  );
  return new DecodedSource({
    bytes: input,
    decoder: new PcmDecoder(header.format, sampleRate),
    durationSeconds: Number.isFinite(dataBytes) ? durationOf(dataBytes, header.format) : undefined,
    statedSeconds: header.dataBytes === null ? undefined : durationOf(header.dataBytes, header.format),
    release: async () => input.close(),
  });
}

/** Opens bytes without a header, whose format the caller knows. */
export function openRawFile(input: ByteInput, format: PcmFormat, sampleRate: number): AudioFile {
  return new DecodedSource({
    bytes: input,
    decoder: new PcmDecoder(format, sampleRate),
    durationSeconds: input.size === null ? undefined : durationOf(input.size, format),
    release: async () => input.close(),
  });
}

async function readHeader(input: ByteInput): Promise<{ header: WavHeader; headerBytes: number }> {
  const reader = new WavHeaderReader();
  let headerBytes = 0;
  for (let index = 0; ; index++) {
    const piece = await input.peek(index);
    if (piece === null) {
      const message = `${input.name} ends after ${headerBytes} bytes, inside its WAV header.`;
      throw new AgentError('AUDIO_FILE_UNREADABLE', message);
    }
    headerBytes += reader.accept(piece);
    if (reader.header !== null) return { header: reader.header, headerBytes };
  }
}
