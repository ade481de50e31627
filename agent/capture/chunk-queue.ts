import type { PcmChunk } from './audio-source.ts';

/**
 * Chunks on their way from a recorder, which can not wait, to a reader, which may be slow. When more than
 * `maxSamples` wait, the oldest chunks are dropped and counted: speech recognition needs the present. One reader.
 */
export class ChunkQueue implements AsyncIterable<PcmChunk> {
  readonly #maxSamples: number;
  readonly #chunks: PcmChunk[] = [];
  #waitingSamples = 0;
  #droppedSamples = 0;
  #ended = false;
  #wake: () => void = () => {};

  constructor(maxSamples: number) {
    this.#maxSamples = maxSamples;
  }

  /** Samples lost because the reader was too slow. */
  get droppedSamples(): number {
    return this.#droppedSamples;
  }

  push(samples: Int16Array): void {
    if (this.#ended) return;
    this.#chunks.push({ samples });
    this.#waitingSamples += samples.length;
    while (this.#waitingSamples > this.#maxSamples && this.#chunks.length > 1) {
      this.#droppedSamples += this.#shift().samples.length;
    }
    this.#wake();
  }

  /** Lets the reader have what waits, then ends its iteration. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PcmChunk> {
    for (;;) {
      while (this.#chunks.length > 0) yield this.#shift();
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #shift(): PcmChunk {
    const chunk = this.#chunks.shift()!;
    this.#waitingSamples -= chunk.samples.length;
    return chunk;
  }
}
