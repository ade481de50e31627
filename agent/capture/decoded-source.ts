import type { AudioSource, PcmChunk } from './audio-source.ts';
import type { PcmDecoder } from './pcm-decoder.ts';

/** An audio file that is open for reading, once. */
export interface AudioFile extends AudioSource {
  /** Length as the file states it; absent where it does not say (pipes). */
  readonly durationSeconds?: number;
  /** Length as a header states it that was exact when it was written: a file that was cut is shorter. */
  readonly statedSeconds?: number;
  /** Whether the file stops without the end that its format has: it was cut. */
  readonly lacksEnd?: boolean;
}

/** What a `DecodedSource` reads, and how. */
export interface DecodedSourceParts {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly decoder: PcmDecoder;
  readonly durationSeconds?: number | undefined;
  readonly statedSeconds?: number | undefined;
  readonly lacksEnd?: boolean;
  /** Ends the process or closes the file behind `bytes`; may be called twice. */
  readonly release: () => Promise<void>;
}

/** Bytes decoded as they are read: as a source, never faster than it is iterated. */
export class DecodedSource implements AudioFile {
  readonly sampleRate: number;
  readonly durationSeconds?: number;
  readonly statedSeconds?: number;
  readonly lacksEnd: boolean;
  readonly #parts: DecodedSourceParts;

  constructor(parts: DecodedSourceParts) {
    this.#parts = parts;
    this.sampleRate = parts.decoder.sampleRate;
    this.lacksEnd = parts.lacksEnd ?? false;
    if (parts.durationSeconds !== undefined) this.durationSeconds = parts.durationSeconds;
    if (parts.statedSeconds !== undefined) this.statedSeconds = parts.statedSeconds;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PcmChunk> {
    const { bytes, decoder } = this.#parts;
    try {
      for await (const piece of bytes) {
        const samples = decoder.accept(piece);
        if (samples.length > 0) yield { samples };
      }
      const samples = decoder.finish();
      if (samples.length > 0) yield { samples };
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.#parts.decoder.close();
    await this.#parts.release();
  }
}
