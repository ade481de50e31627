import type { AcousticModel } from '../acoustic/acoustic-model.ts';
import type { ModelState } from '../acoustic/model-state.ts';
import type { AudioSource, PcmChunk } from '../capture/audio-source.ts';
import { planRun } from '../engine/scheduler.ts';
import { HeadRows, rowLengthOf } from '../recognizer/head-rows.ts';
import { StreamPipeline, type StreamPipelineParams } from '../recognizer/stream-pipeline.ts';

/** Who hears what the model makes of one recording. */
export interface RowListener {
  /** One step: the log-probs of the pipeline's heads from `offset` on. */
  accept(logProbs: Float32Array, offset: number): void;
  /** The recording is over. */
  end(seconds: number): void;
  /** It can not be read any further; `end` does not come. */
  fail(error: unknown): void;
}

/** A recording and who hears it. */
export interface HeardSource {
  readonly source: AudioSource;
  readonly listener: RowListener;
}

/** A recording under way. */
interface Track {
  readonly pipeline: StreamPipeline;
  readonly state: ModelState;
  readonly chunks: AsyncIterator<PcmChunk>;
  readonly listener: RowListener;
  samples: number;
}

/** Audio that each recording has ready, so that runs are large and memory stays small. */
const AHEAD_MS = 2000;

/**
 * Plays recordings through the agent's own pipeline, as many at once as the model computes in one run, and gives every
 * row of log-probs also to who listens: so that what depends on them alone is computed once and judged in many ways.
 */
export class PipelineRun {
  readonly #model: AcousticModel;
  readonly #params: StreamPipelineParams;
  readonly #rows = new HeadRows();
  readonly #stepElements: number;

  constructor(model: AcousticModel, params: StreamPipelineParams) {
    this.#model = model;
    this.#params = params;
    this.#stepElements = params.framesPerStep * params.frontend.coefficients;
  }

  /** Takes the next recording when there is room for it. */
  async play(recordings: AsyncIterator<HeardSource>): Promise<void> {
    let tracks: Track[] = [];
    let more = true;
    for (;;) {
      while (more && tracks.length < this.#model.maxBatch) {
        const next = await recordings.next();
        if (next.done) more = false;
        else tracks.push(this.#track(next.value));
      }
      const fed = await Promise.all(tracks.map((track) => this.#feed(track)));
      tracks = tracks.filter((_, i) => fed[i]);
      const plan = planRun(
        tracks.map(({ pipeline }) => pipeline.stepsReady),
        this.#model,
      );
      if (plan !== null)
        await this.#step(
          plan.members.map((index) => tracks[index]!),
          plan.steps,
        );
      else if (tracks.length === 0 && !more) return;
      tracks = tracks.filter((track) => !this.#hasEnded(track));
    }
  }

  #track({ source, listener }: HeardSource): Track {
    return {
      pipeline: new StreamPipeline(this.#params),
      state: this.#model.createState(),
      chunks: source[Symbol.asyncIterator](),
      listener,
      samples: 0,
    };
  }

  /** Returns false when the recording can not be read. */
  async #feed(track: Track): Promise<boolean> {
    const { pipeline, chunks, listener } = track;
    try {
      while (pipeline.queuedMs < AHEAD_MS || pipeline.stepsReady === 0) {
        if (pipeline.finished) return true;
        const { done, value } = await chunks.next();
        if (done) {
          pipeline.finish();
          return true;
        }
        pipeline.acceptPcm(value.samples);
        track.samples += value.samples.length;
      }
      return true;
    } catch (error) {
      listener.fail(error);
      return false;
    }
  }

  async #step(tracks: readonly Track[], steps: number): Promise<void> {
    const stride = steps * this.#stepElements;
    for (const [row, { pipeline }] of tracks.entries()) {
      pipeline.readFeatures(this.#model.features, row * stride, steps);
    }
    const heads = await this.#model.step(
      tracks.map(({ state }) => state),
      steps,
    );
    for (const [row, { pipeline, state, listener }] of tracks.entries()) {
      const first = pipeline.warmUpSteps;
      const logProbs = this.#rows.select(heads, pipeline.heads, row * steps, steps);
      const { offset } = this.#rows;
      const rowLength = rowLengthOf(pipeline.heads);
      for (let i = first; i < steps; i += 1) listener.accept(logProbs, offset + i * rowLength);
      pipeline.acceptLogProbs(logProbs, offset, steps);
      if (pipeline.resetState) state.reset();
    }
  }

  #hasEnded({ pipeline, listener, samples }: Track): boolean {
    if (pipeline.finished) listener.end(samples / this.#params.frontend.sampleRate);
    return pipeline.finished;
  }
}
