import { FeatureExtractor } from '../frontend/feature-extractor.ts';
import type { FrontendParams } from '../frontend/frontend-params.ts';

const SILENCE = new Int16Array(1600);

export interface FeatureSpanParams {
  readonly frontend: FrontendParams;
  readonly framesPerStep: number;
  /** Steps after a step that its result rests on. */
  readonly lookAheadSteps: number;
  /** Stream sample at which the span begins. */
  readonly startSample: number;
}

/** What happens when the last step of a span is through. */
export type SpanEnd = 'flush' | 'end' | 'configure';

/**
 * The audio between two flushes, as features: framing starts anew at every flush, so that nothing after a flush
 * depends on what was before it. Waiting features are not bounded here; whoever gives audio looks at
 * `waitingSamples`.
 */
export class FeatureSpan<Change = unknown> {
  /** What comes into force when the span begins; null: nothing. */
  change: Change | null = null;
  readonly startSample: number;
  readonly #extractor: FeatureExtractor;
  readonly #params: FeatureSpanParams;
  #samples = 0;
  #stepsRead = 0;
  #audioSteps = Number.POSITIVE_INFINITY;
  #end: SpanEnd | null = null;
  #totalSteps = Number.POSITIVE_INFINITY;
  #flushes = 0;

  constructor(params: FeatureSpanParams) {
    this.startSample = params.startSample;
    this.#params = params;
    this.#extractor = new FeatureExtractor(params.frontend);
  }

  accept(samples: Int16Array): void {
    this.#samples += samples.length;
    this.#extractor.accept(samples);
  }

  /**
   * Ends the span: silence of at least `tailPaddingMs` is added, up to a whole step, and behind it what the result of
   * the last step looks ahead to. A span without audio gets one step of silence, so that every end is reached by
   * computing.
   */
  close(end: SpanEnd, tailPaddingMs: number): void {
    const { frontend, framesPerStep, lookAheadSteps } = this.#params;
    const tail = this.isEmpty ? 0 : Math.ceil((tailPaddingMs * frontend.sampleRate) / 1000);
    this.#audioSteps = this.stepsReady + this.#stepsRead;
    this.#end = end;
    if (end === 'flush') this.#flushes = 1;
    this.#totalSteps = Math.max(1, Math.ceil((this.#samples + tail) / (framesPerStep * frontend.hop)));
    const frames = (this.#totalSteps + lookAheadSteps) * framesPerStep;
    const needed = (frames - 1) * frontend.hop + frontend.bufferSize;
    for (let left = needed - this.#samples; left > 0; left -= SILENCE.length) {
      this.#extractor.accept(SILENCE.subarray(0, Math.min(left, SILENCE.length)));
    }
  }

  /** One more flush at the same place as the one that closed the span. */
  repeatFlush(): void {
    this.#flushes += 1;
  }

  /** How many flushes fell on the end of the span. */
  get flushes(): number {
    return this.#flushes;
  }

  /** Whether it holds no audio. */
  get isEmpty(): boolean {
    return this.#samples === 0;
  }

  /** How the span was closed; null while it is open. */
  get end(): SpanEnd | null {
    return this.#end;
  }

  /** Stream sample after the last one so far. */
  get endSample(): number {
    return this.startSample + this.#samples;
  }

  get stepsReady(): number {
    return Math.floor(this.#extractor.framesReady / this.#params.framesPerStep);
  }

  /** Whether step number `step` (from 0) of the span looks at silence that `close` added. */
  isPadding(step: number): boolean {
    return step >= this.#audioSteps;
  }

  /** Steps that have a result; Infinity while the span is open. */
  get totalSteps(): number {
    return this.#totalSteps;
  }

  /** Audio not read yet, in samples; padding not counted. */
  get waitingSamples(): number {
    const { frontend, framesPerStep } = this.#params;
    return Math.max(0, this.#samples - this.#stepsRead * framesPerStep * frontend.hop);
  }

  /** Moves the features of the oldest `steps` steps to `target` at `offset` (in elements). */
  read(target: Float32Array, offset: number, steps: number): void {
    this.#extractor.read(target, offset, steps * this.#params.framesPerStep);
    this.#stepsRead += steps;
  }

  /** From now on `runUpTo` reaches the last `steps` steps that were read. */
  keepRead(steps: number): void {
    this.#extractor.keepRead(steps * this.#params.framesPerStep);
  }

  /**
   * Makes that wait again, of what was read, from which a model must begin anew to give the row of `step` (from 0) with `mostSteps`
   * before it heard, or all that there are; they must be kept. Returns how many of its rows come before that one.
   */
  runUpTo(step: number, mostSteps: number): number {
    const runUpSteps = Math.min(mostSteps, step);
    const first = step - runUpSteps;
    this.#extractor.rewind((this.#stepsRead - first) * this.#params.framesPerStep);
    this.#stepsRead = first;
    return runUpSteps + this.#params.lookAheadSteps;
  }
}
