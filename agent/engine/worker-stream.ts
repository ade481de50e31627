import type { ModelState } from '../acoustic/model-state.ts';
import type { CompiledTexts } from '../decoder/settings-texts.ts';
import type { PipelineSettings, StreamPipeline } from '../recognizer/stream-pipeline.ts';

/** Other settings, and who wants to know whether they were taken. */
interface Change {
  readonly settings: PipelineSettings;
  /** Called with the reason when they were refused; the stream then goes on as it was. */
  readonly done: (error?: unknown) => void;
}

/** What is given to a stream, in order. */
export type WorkerItem = Int16Array | 'flush' | 'finish' | Change;

/**
 * One stream inside a worker. Audio waits here as samples; its features are computed only as far as the next
 * runs need them, so that a burst of one stream holds up nobody.
 */
export class WorkerStream {
  readonly id: number;
  readonly pipeline: StreamPipeline;
  readonly state: ModelState;
  /** The compiled texts that it was given last; its settings may have the same again. */
  texts: CompiledTexts | undefined;
  /** Oldest first; bounded by the sender, which counts what is not consumed yet. */
  readonly #waiting: WorkerItem[] = [];
  /** Samples of `#waiting[0]` that are with the pipeline already. */
  #offset = 0;
  #fedSamples = 0;

  constructor(id: number, pipeline: StreamPipeline, state: ModelState) {
    this.id = id;
    this.pipeline = pipeline;
    this.state = state;
  }

  enqueue(item: WorkerItem): void {
    this.#waiting.push(item);
  }

  /** Hands waiting audio to the pipeline until `aheadSamples` are there that no run has consumed. */
  feed(aheadSamples: number): void {
    for (;;) {
      const item = this.#waiting[0];
      if (item === undefined) return;
      if (item instanceof Int16Array) {
        const room = aheadSamples - (this.#fedSamples - this.pipeline.consumedSamples);
        if (room <= 0) return;
        this.#feedSamples(item, room);
        continue;
      }
      this.#waiting.shift();
      if (typeof item === 'string') this.pipeline[item]();
      else this.#configure(item);
    }
  }

  /** Samples that each of the last events rests on, when a result rests on `reach` samples past its step. */
  heardSamples(reach: number): number[] {
    return this.pipeline.eventSamples.map((samples) => Math.min(samples + reach, this.#fedSamples));
  }

  #configure({ settings, done }: Change): void {
    try {
      this.pipeline.configure(settings);
    } catch (error) {
      done(error);
      return;
    }
    done();
  }

  #feedSamples(item: Int16Array, room: number): void {
    const end = Math.min(item.length, this.#offset + room);
    this.pipeline.acceptPcm(item.subarray(this.#offset, end));
    this.#fedSamples += end - this.#offset;
    this.#offset = end;
    if (end < item.length) return;
    this.#waiting.shift();
    this.#offset = 0;
  }
}
