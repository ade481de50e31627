import type { AcousticModel } from '../acoustic/acoustic-model.ts';
import { lookAheadStepsOf } from '../acoustic/step-length.ts';
import type { DecoderResources } from '../decoder/decoder-resources.ts';
import { HeadRows } from '../recognizer/head-rows.ts';
import { StreamPipeline } from '../recognizer/stream-pipeline.ts';
import type { RunGate } from './run-gate.ts';
import { planRun, type RunPlan } from './scheduler.ts';
import { SharedTexts } from './shared-texts.ts';
import { encodeError, type StreamProgress, type WorkerReply, type WorkerRequest } from './worker-protocol.ts';
import { type WorkerItem, WorkerStream } from './worker-stream.ts';

/**
 * What runs in a worker: the streams pinned to it and the loop that computes them in batches. While a run is
 * under way audio piles up, so batches grow with load by themselves.
 */
export class WorkerEngine {
  readonly #model: AcousticModel;
  readonly #resources: DecoderResources;
  readonly #gate: RunGate;
  readonly #post: (reply: WorkerReply) => void;
  /** In the order in which they were served last, longest ago first. */
  readonly #streams = new Map<number, WorkerStream>();
  readonly #texts = new SharedTexts();
  readonly #rows = new HeadRows();
  readonly #stepElements: number;
  readonly #aheadSamples: number;
  /** Samples after a step that its result rests on. */
  readonly #reach: number;
  #loop: Promise<void> | undefined;

  constructor(
    model: AcousticModel,
    resources: DecoderResources,
    { gate, post }: { gate: RunGate; post: (reply: WorkerReply) => void },
  ) {
    const { bundle } = model;
    const { frontend } = bundle;
    this.#model = model;
    this.#resources = resources;
    this.#gate = gate;
    this.#post = post;
    this.#stepElements = bundle.description.framesPerStep * frontend.coefficients;
    const stepSamples = bundle.description.framesPerStep * frontend.hop;
    this.#reach = frontend.bufferSize - frontend.hop + lookAheadStepsOf(bundle.description) * stepSamples;
    this.#aheadSamples = model.maxSteps * stepSamples + this.#reach;
  }

  /** Takes one message of the main thread, other than `shutdown`. */
  handle(request: Exclude<WorkerRequest, { type: 'shutdown' }>): void {
    switch (request.type) {
      case 'open':
        this.#open(request);
        return;
      case 'configure':
        this.#configure(request);
        return;
      case 'pcm':
        this.#enqueue(request.stream, request.samples);
        return;
      case 'flush':
      case 'finish':
        this.#enqueue(request.stream, request.type);
        return;
      case 'close':
        this.#streams.delete(request.stream);
        return;
    }
  }

  /** Drops all streams and waits for the run that is under way. */
  async close(): Promise<void> {
    this.#streams.clear();
    await this.#loop;
  }

  #open({ stream: id, settings, texts }: Extract<WorkerRequest, { type: 'open' }>): void {
    const { description, frontend } = this.#model.bundle;
    try {
      const compiled = texts && this.#texts.take(texts);
      const pipeline = new StreamPipeline({
        frontend,
        resources: this.#resources,
        framesPerStep: description.framesPerStep,
        lookAheadSteps: lookAheadStepsOf(description),
        ...settings,
        compiled,
      });
      const stream = new WorkerStream(id, pipeline, this.#model.createState());
      stream.texts = compiled;
      this.#streams.set(id, stream);
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #configure({ stream, request, settings, texts }: Extract<WorkerRequest, { type: 'configure' }>): void {
    const done = (error?: unknown) => {
      const refusal = error === undefined ? {} : { error: encodeError(error) };
      this.#post({ type: 'configured', stream, request, ...refusal });
    };
    const given = this.#streams.get(stream);
    if (given === undefined) return; // closed, or failed while the message was on its way
    if (texts === undefined) {
      this.#enqueue(stream, { settings, done });
      return;
    }
    given.texts = this.#texts.take(texts) ?? given.texts;
    this.#enqueue(stream, { settings: { ...settings, compiled: given.texts }, done });
  }

  #enqueue(id: number, item: WorkerItem): void {
    const stream = this.#streams.get(id);
    if (!stream) return; // closed, or failed while the message was on its way
    stream.enqueue(item);
    this.#loop ??= this.#runAll().finally(() => {
      this.#loop = undefined;
    });
  }

  /** Runs until no stream has a step ready. It begins when the messages that are already there were read. */
  async #runAll(): Promise<void> {
    await new Promise(setImmediate);
    for (;;) {
      const started = performance.now();
      const streams = [...this.#streams.values()];
      const plan = planRun(
        streams.map((stream) => this.#feed(stream)),
        this.#model,
      );
      if (!plan || !this.#gate.enter()) return;
      const members = plan.members.map((index) => streams[index]!);
      const progress = await this.#run(members, plan.steps);
      this.#post({
        type: 'run',
        batch: members.length,
        steps: plan.steps,
        busyMs: performance.now() - started,
        streams: progress,
      });
    }
  }

  /** Steps that the stream has ready. */
  #feed(stream: WorkerStream): number {
    try {
      stream.feed(this.#aheadSamples);
      return stream.pipeline.stepsReady;
    } catch (error) {
      this.#fail(stream.id, error);
      return 0;
    }
  }

  async #run(members: readonly WorkerStream[], steps: RunPlan['steps']): Promise<StreamProgress[]> {
    const stride = steps * this.#stepElements;
    members.forEach(({ pipeline }, row) => {
      pipeline.readFeatures(this.#model.features, row * stride, steps);
    });
    const states = members.map(({ state }) => state);
    const logProbs = await this.#model.step(states, steps).finally(() => this.#gate.leave());
    const progress: StreamProgress[] = [];
    members.forEach((stream, row) => {
      if (!this.#streams.has(stream.id)) return; // closed during the run
      const done = this.#accept(stream, logProbs, row, steps);
      if (done) progress.push(done);
    });
    return progress;
  }

  #accept(
    stream: WorkerStream,
    heads: ReadonlyMap<string, Float32Array>,
    row: number,
    steps: number,
  ): StreamProgress | undefined {
    const { id, pipeline, state } = stream;
    this.#streams.delete(id);
    try {
      const logProbs = this.#rows.select(heads, pipeline.heads, row * steps, steps);
      const events = pipeline.acceptLogProbs(logProbs, this.#rows.offset, steps);
      if (pipeline.resetState) state.reset();
      const { consumedSamples, finished } = pipeline;
      if (!finished) this.#streams.set(id, stream); // to the end: served last
      const heardSamples = stream.heardSamples(this.#reach);
      return { stream: id, consumedSamples, events, heardSamples, finished };
    } catch (error) {
      this.#fail(stream.id, error);
      return undefined;
    }
  }

  #fail(id: number, error: unknown): void {
    this.#streams.delete(id);
    this.#post({ type: 'stream-failed', stream: id, error: encodeError(error) });
  }
}
