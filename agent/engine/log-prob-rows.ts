import type { AcousticModel } from '../acoustic/acoustic-model.ts';
import type { ModelState } from '../acoustic/model-state.ts';
import { lookAheadStepsOf, stepMsOf } from '../acoustic/step-length.ts';
import type { HeadRow } from '../decoder/create-decoder.ts';
import { argmax } from '../decoder/log-math.ts';
import { Endpointer, type EndpointOptions } from '../endpoint/endpointer.ts';
import { AgentError } from '../errors.ts';
import { FeatureSpan } from '../recognizer/feature-span.ts';
import { HeadRows, rowLengthOf } from '../recognizer/head-rows.ts';
import { MOST_RUN_UP_STEPS, RUN_UP_STEPS, SEGMENT_LIMITS } from '../recognizer/run-up.ts';

export interface LogProbRowsOptions {
  /** The heads of the model, side by side in each row; the first one tells where sound is. */
  readonly heads: readonly string[];
  /** Where the model's state begins anew, as in a stream with these. */
  readonly endpoint: EndpointOptions & { readonly tailPaddingMs: number };
}

/** Log-probs of some steps, row-major `[steps, tokens of all heads]`; they are the receiver's own. */
export interface LogProbRows {
  readonly rows: Float32Array;
  readonly steps: number;
}

/**
 * What a model makes of a recording from beginning to end, piece by piece, in constant memory: for what needs the
 * log-probs themselves instead of the words of a stream. The model serves nothing else meanwhile.
 * @param audio mono at the model's rate
 * @throws AgentError INTERNAL when the model has no head of a name
 */
export async function* logProbRows(
  model: AcousticModel,
  audio: AsyncIterable<{ readonly samples: Int16Array }>,
  options: LogProbRowsOptions,
): AsyncGenerator<LogProbRows> {
  const run = new RecordingRun(model, options);
  for await (const { samples } of audio) {
    run.span.accept(samples);
    // whole runs only, so that the pieces in which audio comes change nothing
    while (run.span.stepsReady >= model.maxSteps) yield await run.next();
  }
  run.span.close('flush', options.endpoint.tailPaddingMs);
  while (run.steps < run.span.totalSteps) yield await run.next();
}

class RecordingRun {
  readonly span: FeatureSpan;
  /** Steps whose rows are out. */
  steps = 0;
  readonly #model: AcousticModel;
  readonly #heads: readonly HeadRow[];
  readonly #rows = new HeadRows();
  readonly #blank: number;
  readonly #endpointer: Endpointer;
  #state: ModelState;
  /** Rows to come that say nothing: the model looks ahead, or is on its run-up. */
  #warmUpSteps: number;
  #blanks = 0;

  constructor(model: AcousticModel, { heads: names, endpoint }: LogProbRowsOptions) {
    const { frontend, description, heads } = model.bundle;
    const found = names.map((wanted) => {
      const head = heads.find(({ name }) => name === wanted);
      if (head === undefined) throw new AgentError('INTERNAL', `The model has no head ${wanted}.`);
      return head;
    });
    const { framesPerStep } = description;
    const lookAheadSteps = lookAheadStepsOf(description);
    this.span = new FeatureSpan({ frontend, framesPerStep, lookAheadSteps, startSample: 0 });
    this.span.keepRead(lookAheadSteps + MOST_RUN_UP_STEPS);
    this.#model = model;
    this.#heads = found.map(({ name, tokenCount }) => ({ name, length: tokenCount }));
    this.#blank = found[0]!.blank;
    this.#endpointer = new Endpointer(endpoint, stepMsOf(description), SEGMENT_LIMITS);
    this.#state = model.createState();
    this.#warmUpSteps = lookAheadSteps;
  }

  /** The rows of some steps; one step at least must be ready. Of a model that looks ahead there may be none yet. */
  async next(): Promise<LogProbRows> {
    const { maxSteps, features } = this.#model;
    const untilEnd = this.span.isPadding(this.steps)
      ? Number.POSITIVE_INFINITY
      : this.#endpointer.stepsToEarliest;
    const count = Math.min(maxSteps, this.span.stepsReady, this.#warmUpSteps + untilEnd);
    this.span.read(features, 0, count);
    const logProbs = await this.#model.step([this.#state], count);
    const first = Math.min(this.#warmUpSteps, count);
    this.#warmUpSteps -= first;
    // a copy, for the array is the model's own
    const source = this.#rows.select(logProbs, this.#heads, first, count - first);
    const { offset } = this.#rows;
    const width = rowLengthOf(this.#heads);
    const rows = source.slice(offset, offset + (count - first) * width);
    for (let step = 0; step < count - first; step += 1) this.#listen(rows, step * width);
    return { rows, steps: count - first };
  }

  #listen(rows: Float32Array, row: number): void {
    this.steps += 1;
    const isSound = argmax(rows, row, this.#heads[0]!.length) !== this.#blank;
    this.#blanks = isSound ? 0 : this.#blanks + 1;
    const decision = this.#endpointer.accept(this.#blanks, isSound);
    if (decision === null || this.span.isPadding(this.steps - 1)) return;
    if (decision !== 'pause') this.#endpointer.reset();
    // the greatest length may cut speech, which the model goes on hearing
    if (decision === 'max-length') return;
    this.#warmUpSteps = this.span.runUpTo(this.steps, RUN_UP_STEPS[decision]);
    this.#state = this.#model.createState();
  }
}
