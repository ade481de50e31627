/** One delivery of a source: mono samples at `AudioSource.sampleRate`, int16 range. */
export interface PcmChunk {
  readonly samples: Int16Array;
}

/**
 * Sound in, as chunks of any length. Iterating starts the source; ending the iteration (or `close()`)
 * releases its process or file. A source never delivers faster than it is read.
 */
export interface AudioSource extends AsyncIterable<PcmChunk> {
  /** Hz of the delivered samples: always 16000 unless the source says otherwise. */
  readonly sampleRate: number;
  close(): Promise<void>;
}
