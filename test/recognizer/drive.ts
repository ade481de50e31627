import type { TokenTable } from '../../agent/decoder/token-table.ts';
import { DEFAULT_FRONTEND } from '../../agent/frontend/frontend-params.ts';
import type { StreamPipeline } from '../../agent/recognizer/stream-pipeline.ts';
import type { TranscriptEvent } from '../../agent/transcript/transcript-event.ts';

export const FRAMES_PER_STEP = 4;
const STEP_WIDTH = FRAMES_PER_STEP * DEFAULT_FRONTEND.coefficients;
const HIDDEN = 6;

/**
 * A stand-in for the acoustic model: log-probs depend on the features and on a state that remembers, so that a
 * state that is reset too early, too late or not at all shows in the events. Quiet steps are blank. One that looks
 * ahead gives its rows so many steps later, and loud nonsense before the first of them.
 */
export class FakeAcousticModel {
  readonly #tokens: TokenTable;
  readonly #state = new Float64Array(HIDDEN);
  readonly #lookAheadSteps: number;
  /** Rows that are not given yet, the oldest first. */
  #held: Float32Array[] = [];
  steps = 0;

  constructor(tokens: TokenTable, lookAheadSteps = 0) {
    this.#tokens = tokens;
    this.#lookAheadSteps = lookAheadSteps;
    this.reset();
  }

  /** Length of a row of log-probs. */
  get width(): number {
    return this.#tokens.size;
  }

  reset(): void {
    this.#state.fill(0);
    const nonsense = Float32Array.from({ length: this.width }, (_, token) => (token === 2 ? 0 : -9));
    this.#held = new Array(this.#lookAheadSteps).fill(nonsense);
  }

  /** One step: `[STEP_WIDTH]` features at `offset` to a row of log-probs at `row`. */
  step(features: Float32Array, offset: number, logProbs: Float32Array, row: number): void {
    this.#held.push(this.#rowOf(features, offset));
    logProbs.set(this.#held.shift()!, row);
  }

  #rowOf(features: Float32Array, offset: number): Float32Array {
    const { size, blank } = this.#tokens;
    this.steps += 1;
    const loudness = features[offset]! / 1000 - 1;
    for (let i = 0; i < HIDDEN; i += 1) {
      const seen = features[offset + 1 + i]! / 60 + features[offset + STEP_WIDTH - HIDDEN + i]! / 20;
      this.#state[i] = Math.tanh(
        0.6 * this.#state[i]! + 0.5 * seen + 0.3 * this.#state[(i + 1) % HIDDEN]! + 0.1,
      );
    }
    const logits = Array.from({ length: size }, (_, token) =>
      token === blank ? 3 - 10 * loudness : 4 * this.#state[token % HIDDEN]! * (token % 2 === 0 ? 1 : -1),
    );
    const sum = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
    return Float32Array.from(logits, (logit) => logit - sum);
  }
}

/** Computes everything that is ready, in runs of `chooseSteps(ready)` steps, and returns the events. */
export function compute(
  pipeline: StreamPipeline,
  model: FakeAcousticModel,
  chooseSteps: (ready: number) => number = (ready) => ready,
): TranscriptEvent[] {
  const events: TranscriptEvent[] = [];
  while (pipeline.stepsReady > 0)
    events.push(...computeRun(pipeline, model, chooseSteps(pipeline.stepsReady)));
  return events;
}

/** One run of `steps` steps. */
export function computeRun(
  pipeline: StreamPipeline,
  model: FakeAcousticModel,
  steps: number,
): readonly TranscriptEvent[] {
  const features = new Float32Array(steps * STEP_WIDTH);
  pipeline.readFeatures(features, 0, steps);
  const logProbs = new Float32Array(steps * model.width);

  for (let i = 0; i < steps; i += 1) model.step(features, i * STEP_WIDTH, logProbs, i * model.width);
  const events = pipeline.acceptLogProbs(logProbs, 0, steps);
  if (pipeline.resetState) model.reset();
  return events;
}

/** Audio of loud and quiet stretches from a seed. `lengths` are samples; even entries are quiet. */
export function syntheticAudio(lengths: readonly number[], seed: number): Int16Array {
  let state = seed * 2654435761 + 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const samples = lengths.flatMap((length, i) => {
    const loud = i % 2 === 1;
    let frequency = 0;
    let phase = 0;
    return Array.from({ length }, (_, n) => {
      if (n % 1200 === 0) frequency = 200 + 3000 * random();
      phase += (2 * Math.PI * frequency) / DEFAULT_FRONTEND.sampleRate;
      return loud ? 6000 * Math.sin(phase) + 500 * (random() - 0.5) : 4 * (random() - 0.5);
    });
  });
  return Int16Array.from(samples, Math.round);
}
