import type { StreamOptions } from '../../agent/engine/speech-engine.ts';
import { concatInt16 } from './concat-int16.ts';
import { FakeEngine, FakeStream } from './fake-engine.ts';

/** A `FakeEngine` that keeps the samples which its streams get. */
export class RecordingEngine extends FakeEngine {
  override readonly streams: RecordingStream[] = [];

  override createStream(options: StreamOptions = {}): RecordingStream {
    const stream = new RecordingStream(`stream-${this.streams.length}`, this, options);
    this.streams.push(stream);
    return stream;
  }

  /** The stream that was opened last. */
  get last(): RecordingStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error('There was no stream yet.');
    return stream;
  }
}

export class RecordingStream extends FakeStream {
  readonly #chunks: Int16Array[] = [];
  /** Samples that had come before each flush. */
  readonly flushedAt: number[] = [];

  /** All of them, in the order in which they came. */
  get samples(): Int16Array {
    return concatInt16(this.#chunks);
  }

  override acceptPcm(samples: Int16Array): boolean {
    this.#chunks.push(samples.slice());
    return super.acceptPcm(samples);
  }

  override flush(): void {
    this.flushedAt.push(this.samplesAccepted);
    super.flush();
  }
}

/** Samples each of which is its own place in the stream, in 16 bits: one that is lost, doubled or moved shows. */
export function countedSamples(from: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, index) => from + index);
}
